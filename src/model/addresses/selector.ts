// Calico's selector language: parser, evaluator and canonical form (libcalico-go/lib/selector, v3.30). No I/O.

/** A parsed selector. Set literals are sorted and hold no value twice. */
export type Selector =
  | { readonly kind: 'all' }
  | { readonly kind: 'global' }
  | { readonly kind: 'has'; readonly label: string }
  | { readonly kind: Comparison; readonly label: string; readonly value: string }
  | { readonly kind: Membership; readonly label: string; readonly values: readonly string[] }
  | { readonly kind: 'not'; readonly operand: Selector }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Selector[] };

type Comparison = '==' | '!=' | 'contains' | 'starts with' | 'ends with';
type Membership = 'in' | 'not in';

/** Why a text is not a selector. `offset` counts UTF-16 code units and points at what was not expected there. */
export interface SelectorError {
  readonly error: string;
  readonly offset: number;
}

/**
 * Reads a selector; an empty or blank text selects everything. Kubernetes' `key=value` is an error here, and so is a line break
 * (tokenizer.go: only space and tab separate).
 */
export function parseSelector(text: string): Selector | SelectorError {
  try {
    return parseTokens(tokenize(text));
  } catch (error) {
    if (error instanceof Unexpected) return { error: error.message, offset: error.offset };
    throw error;
  }
}

/**
 * Does an object with these labels match? A label that is missing fails every test but `!=` and `not in`. `global()` is true: where it
 * is allowed at all is for the reader of the field to say.
 */
export function matches(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  switch (selector.kind) {
    case 'all':
    case 'global':
      return true;
    case 'has':
      return Object.hasOwn(labels, selector.label);
    case 'not':
      return !matches(selector.operand, labels);
    case 'and':
      return selector.operands.every((operand) => matches(operand, labels));
    case 'or':
      return selector.operands.some((operand) => matches(operand, labels));
  }
  const value = Object.hasOwn(labels, selector.label) ? labels[selector.label] : undefined;
  if (value === undefined) return selector.kind === '!=' || selector.kind === 'not in';
  switch (selector.kind) {
    case '==':
      return value === selector.value;
    case '!=':
      return value !== selector.value;
    case 'contains':
      return value.includes(selector.value);
    case 'starts with':
      return value.startsWith(selector.value);
    case 'ends with':
      return value.endsWith(selector.value);
    case 'in':
      return selector.values.includes(value);
    case 'not in':
      return !selector.values.includes(value);
  }
}

/** The canonical form, as Calico prints it: it parses to an equal selector. */
export function formatSelector(selector: Selector): string {
  switch (selector.kind) {
    case 'all':
    case 'global':
      return `${selector.kind}()`;
    case 'has':
      return `has(${selector.label})`;
    case 'not':
      return `!${formatSelector(selector.operand)}`;
    case 'and':
      return `(${selector.operands.map(formatSelector).join(' && ')})`;
    case 'or':
      return `(${selector.operands.map(formatSelector).join(' || ')})`;
    case 'in':
    case 'not in':
      return `${selector.label} ${selector.kind} {${selector.values.map(quote).join(', ')}}`;
    default:
      return `${selector.label} ${selector.kind} ${quote(selector.value)}`;
  }
}

/** There are no escapes: a literal holds at most one of the two quotes. */
function quote(literal: string): string {
  return literal.includes('"') ? `'${literal}'` : `"${literal}"`;
}

class Unexpected extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

type Token = { readonly offset: number } & (
  | { readonly kind: '(' | ')' | '{' | '}' | ',' | '!' | '&&' | '||' | 'all' | 'global' | 'end' }
  | { readonly kind: Comparison | Membership }
  | { readonly kind: 'label' | 'literal' | 'has'; readonly text: string }
);

const BLANKS = /[ \t]*/y;
const PUNCTUATION = /\(|\)|\{|\}|,|==|!=|!|&&|\|\|/y;
const LABEL = /[A-Za-z0-9_./-]{1,512}/y;
/** Only directly after a label; everywhere else these words are labels. */
const OPERATOR = /contains|(starts|ends)[ \t]*with|not[ \t]*in|in/y;
/** The parenthesis has to follow the word directly. */
const CALL = /(all|global)\([ \t]*\)|has\([ \t]*([A-Za-z0-9_./-]{1,512})[ \t]*\)/y;
const CALLED = /(?:all|global|has)\(/y;

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = offset;
    const match = pattern.exec(text);
    if (match) offset = pattern.lastIndex;
    return match;
  };
  for (;;) {
    take(BLANKS);
    const start = offset;
    const char = text[start];
    if (char === undefined) {
      tokens.push({ kind: 'end', offset });
      return tokens;
    }
    const punctuation = take(PUNCTUATION)?.[0];
    if (punctuation !== undefined) {
      tokens.push({
        kind: punctuation as '(' | ')' | '{' | '}' | ',' | '==' | '!=' | '!' | '&&' | '||',
        offset: start,
      });
    } else if (char === '=' || char === '&' || char === '|') {
      throw new Unexpected(`expected ${char}${char}`, start);
    } else if (char === '"' || char === "'") {
      const end = text.indexOf(char, start + 1);
      if (end < 0) throw new Unexpected('the quote is not closed', start);
      tokens.push({ kind: 'literal', text: text.slice(start + 1, end), offset: start });
      offset = end + 1;
    } else if (tokens.at(-1)?.kind === 'label') {
      const operator = take(OPERATOR);
      if (!operator) throw new Unexpected('expected an operator after the label', start);
      tokens.push({ kind: operatorOf(operator[0]), offset: start });
    } else if (take(CALLED)) {
      offset = start;
      const call = take(CALL);
      if (!call) throw new Unexpected('expected has(LABEL), all() or global()', start);
      const [, word, label] = call;
      if (label !== undefined) tokens.push({ kind: 'has', text: label, offset: start });
      else tokens.push({ kind: word === 'all' ? 'all' : 'global', offset: start });
    } else {
      const label = take(LABEL)?.[0];
      if (label === undefined) {
        throw new Unexpected(/[\r\n]/.test(char) ? 'a selector has no line breaks' : 'unexpected character', start);
      }
      tokens.push({ kind: 'label', text: label, offset: start });
    }
  }
}

function operatorOf(word: string): Comparison | Membership {
  if (word.startsWith('starts')) return 'starts with';
  if (word.startsWith('ends')) return 'ends with';
  if (word.startsWith('not')) return 'not in';
  return word === 'contains' ? 'contains' : 'in';
}

/** Parentheses inside parentheses: far more than anybody writes, far less than what exhausts the stack. */
const DEEPEST = 200;

/** Recursive descent: `||` binds loosest, then `&&`, then `!`. */
function parseTokens(tokens: readonly Token[]): Selector {
  let next = 0;
  let depth = 0;

  // The last token is always `end`, and nothing is taken after it.
  const peek = () => tokens[next] as Token;
  const skip = (kind: Token['kind']) => {
    if (peek().kind !== kind) return false;
    next += 1;
    return true;
  };
  const expect = (kind: Token['kind'], what: string) => {
    if (!skip(kind)) throw new Unexpected(`expected ${what}`, peek().offset);
  };

  const or = () => joined('||', 'or', () => joined('&&', 'and', operation));

  function joined(operator: '||' | '&&', kind: 'or' | 'and', operand: () => Selector): Selector {
    const first = operand();
    const operands = [first];
    while (skip(operator)) operands.push(operand());
    return operands.length === 1 ? first : { kind, operands };
  }

  /** `!` binds to what follows: `!a == 'x'` is `!(a == 'x')`. Pairs of them cancel out. */
  function operation(): Selector {
    let negated = false;
    while (skip('!')) negated = !negated;
    const operand = primary();
    return negated ? { kind: 'not', operand } : operand;
  }

  function primary(): Selector {
    const token = peek();
    switch (token.kind) {
      case 'all':
      case 'global':
        next += 1;
        return { kind: token.kind };
      case 'has':
        next += 1;
        return { kind: 'has', label: token.text };
      case 'label':
        next += 1;
        return test(token.text);
      case '(': {
        next += 1;
        depth += 1;
        if (depth > DEEPEST) throw new Unexpected(`more than ${DEEPEST} nested parentheses`, token.offset);
        const inner = or();
        expect(')', ')');
        depth -= 1;
        return inner;
      }
      default:
        throw new Unexpected('expected a label, has(LABEL), all() or (', token.offset);
    }
  }

  function test(label: string): Selector {
    const { kind, offset } = peek();
    switch (kind) {
      case '==':
      case '!=':
      case 'contains':
      case 'starts with':
      case 'ends with':
        next += 1;
        return { kind, label, value: literal() };
      case 'in':
      case 'not in':
        next += 1;
        return { kind, label, values: set() };
      default:
        throw new Unexpected('expected an operator after the label', offset);
    }
  }

  function literal(): string {
    const token = peek();
    if (token.kind !== 'literal') throw new Unexpected('expected a quoted string', token.offset);
    next += 1;
    return token.text;
  }

  /** May be empty, and may end with a comma. */
  function set(): readonly string[] {
    expect('{', '{');
    const values = new Set<string>();
    while (peek().kind === 'literal') {
      values.add(literal());
      if (!skip(',')) break;
    }
    expect('}', '}');
    return [...values].sort();
  }

  if (peek().kind === 'end') return { kind: 'all' };
  const selector = or();
  if (peek().kind !== 'end') throw new Unexpected('expected && or || or the end', peek().offset);
  return selector;
}
