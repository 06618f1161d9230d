// Nodes as mesh members: addresses, tunnel endpoints (VTEPs), keys.
export {};
