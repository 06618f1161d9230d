// Comments in YAML that keep a finding from counting: `# mesh-preflight: ignore[RULE, …] REASON (until YYYY-MM-DD)`. Pure.

/** A comment, wherever a file has one; whether its rules exist and its reason is there is for others to judge. */
export interface IgnoreComment {
  readonly cluster: string;
  /** As the JSON report names the file. */
  readonly uri: string;
  /** Of the comment, from 1; columns in UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  /** The line that it is about: its own, or the next one that is no comment. */
  readonly target: number;
  readonly rules: readonly string[];
  /** What follows the brackets. */
  readonly text: string;
}

const MARK = 'mesh-preflight:';
const COMMENT = /(^|\s)#\s*mesh-preflight:\s*ignore\[([^\]]*)\](.*)$/;

/** The comments of a text. Most files have none, and are not looked at line by line. */
export function ignoresIn(
  text: string,
  file: { readonly cluster: string; readonly uri: string },
): readonly IgnoreComment[] {
  if (!text.includes(MARK)) return [];
  const found: IgnoreComment[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  for (const [index, line] of lines.entries()) {
    const match = COMMENT.exec(line);
    if (!match) continue;
    const [, blank = '', rules = '', more = ''] = match;
    let target = index;
    if (line.slice(0, match.index).trim() === '') while (isComment(lines[target])) target++;
    found.push({
      ...file,
      line: index + 1,
      column: match.index + blank.length + 1,
      target: target + 1,
      rules: rules
        .split(',')
        .map((rule) => rule.trim())
        .filter(Boolean),
      text: more.trim(),
    });
  }
  return found;
}

function isComment(line: string | undefined): boolean {
  return line !== undefined && /^\s*(#|$)/.test(line);
}
