// Calico's selector language: parser and evaluator.
export {};
