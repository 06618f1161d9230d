// Completion in real shells: each has to answer as the program itself answers kubectl, and that as the tables here say.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete, completionScript, shells } from '../../src/commands/completion.ts';
import { commandTable, program } from '../kit/commands.ts';
import { root } from '../kit/examples.ts';
import { runProgram } from '../kit/program.ts';
import { hasTool } from '../kit/tools.ts';

const table = await commandTable();
const CONTEXTS = ['arn:aws:eks:eu-1:1:cluster/west', 'east', 'east@admin', 'minikube'];
// As kubectl writes them and as people do; only `contexts:` counts, and of its entries only their own names.
const KUBECONFIG = `apiVersion: v1
clusters:
- name: no-cluster
  cluster: {server: "https://10.0.0.1"}
contexts:
- context:
    cluster: no-cluster
    extensions:
    - extension:
        last-update: today
      name: no-extension
    - name: no-extension-either
    user: no-user
  name: minikube
- context:
    cluster: no-cluster
    user: no-user
  name: "arn:aws:eks:eu-1:1:cluster/west"
- name: 'east@admin'
  context: {cluster: no-cluster}
current-context: minikube
kind: Config
users:
- name: no-user
  user: {}
`;
// Indented lists are as good.
const MORE = `kind: Config\ncontexts:\n  # the other one\n  - name: east\n    context:\n      cluster: no-cluster\nusers: []\n`;

let folder = '';
let environment: Readonly<Record<string, string>> = {};
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mesh-preflight-completion-')));
  fs.mkdirSync(path.join(folder, 'work/exports'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'work/east.yaml'), '');
  fs.writeFileSync(path.join(folder, 'kubeconfig'), KUBECONFIG);
  fs.writeFileSync(path.join(folder, 'more'), MORE);
  // All programs are there but kubectl.
  fs.mkdirSync(path.join(folder, 'bin'));
  const linked = new Set(['kubectl']);
  for (const place of (process.env.PATH ?? '').split(':').filter((each) => fs.existsSync(each))) {
    for (const tool of fs.readdirSync(place).filter((each) => !linked.has(each))) {
      fs.symlinkSync(path.join(place, tool), path.join(folder, 'bin', tool));
      linked.add(tool);
    }
  }
  for (const shell of shells) {
    fs.writeFileSync(path.join(folder, `completion.${shell}`), completionScript(table, shell, program));
  }
  environment = {
    PATH: path.join(folder, 'bin'),
    HOME: folder,
    TERM: 'dumb',
    LC_ALL: 'C.UTF-8',
    KUBECONFIG: `${folder}/kubeconfig:${folder}/nowhere:${folder}/more`,
  };
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Every command line worth asking for: each option of each command, open and closed, by itself and with a start. */
const lines = ['', 'ch', '-', '--', '-- ', '-- e', 'e', '--context ', 'nothing-of-the-kind ', 'check -- check '].concat(
  table.commands.flatMap(({ name, options }) => {
    const starts = ['', '-', '--', '--e', 'e', '-- -', '-- e', 'one ', '--no-such-option=e'];
    const own = options.flatMap(({ names, value }) =>
      names.flatMap((option) => {
        if (value === null) return [`${option} `];
        const typed = ['', 'e', 'a=', 'a=e', 'w=arn:aws:', 'east@', 'json', 'json=e', 'x '];
        return typed.flatMap((word) => [
          `${option} ${word}`,
          ...(option.startsWith('--') ? [`${option}=${word}`] : []),
        ]);
      }),
    );
    return [...starts, ...own].map((rest) => `${name} ${rest}`);
  }),
);

/** What the program answers kubectl for a line, with the files that a shell adds. */
function expected(line: string, contexts: readonly string[] = CONTEXTS): readonly string[] {
  const { candidates, directive } = complete(table, line.split(' '), () => contexts);
  const typed = line.split(' ').at(-1) ?? '';
  // The path begins behind `--option=`, and behind `=` where the value has two parts.
  const own = table.commands.findLast((command) => line.startsWith(`${command.name} `));
  const [option = ''] = /--?\w[\w-]*(?=[ =][^ ]*$)/.exec(line) ?? [];
  const two = own?.options.find(({ names }) => names.includes(option))?.value?.behind === 'files';
  const [start = ''] = (two ? /^(?:--[\w-]+=)?(?:\w+=)?/ : /^(?:--[\w-]+=)?/).exec(typed) ?? [];
  const paths = directive === 4 ? [] : directive === 16 ? ['exports'] : ['east.yaml', 'exports'];
  const files = paths.filter((file) => file.startsWith(typed.slice(start.length))).map((file) => start + file);
  return [...candidates, ...files].sort();
}

/** Runs a shell in the folder and gives what it printed for each line, in blocks that end in a line `.`. */
function ask(argv: readonly [string, ...string[]], input: string): readonly (readonly string[])[] {
  const [shell, ...args] = argv;
  const { status, stdout, stderr } = spawnSync(shell, args, {
    cwd: path.join(folder, 'work'),
    env: environment,
    input,
    encoding: 'utf8',
    timeout: 55_000,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const blocks = stdout.split(/^\.\n/m).slice(0, -1);
  return blocks.map((block) => block.split('\n').filter(Boolean));
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

describe('the program asked by kubectl', () => {
  it.each<readonly [line: string, candidates: readonly string[], directive: number]>([
    ['exp', ['explain'], 0],
    ['rules --c', ['--color'], 4],
    ['rules -o ', ['table', 'json'], 4],
    ['check --fail-on=w', ['--fail-on=warning'], 4],
    ['--fail-on w', ['warning'], 4],
    ['explain unique-node-', ['unique-node-names', 'unique-node-addresses'], 4],
    ['explain unique-node-names ', [], 4],
    ['check --context e', ['east', 'east@admin'], 4],
    ['check --context other=east@', ['other=east@admin'], 4],
    ['check --cluster ea', [], 4],
    ['check --cluster east=e', [], 0],
    ['check --output=json=e', [], 0],
    ['snapshot --directory ', [], 16],
    ['completion ', ['bash', 'zsh', 'fish'], 4],
    ['baseline ', ['create'], 4],
    ['baseline create --rou', ['--routing'], 4],
    ['baseline create --file=', [], 0],
    ['help re', ['requirements'], 4],
    ['check -- --context ', [], 0],
  ])('%s', (line, candidates, directive) => {
    const answer = complete(table, line.split(' '), () => CONTEXTS);
    expect([...answer.candidates].sort()).toEqual([...candidates].sort());
    expect(answer.directive).toBe(directive);
  });

  it('reads contexts where the line says', () => {
    const seen: (readonly string[])[] = [];
    for (const line of [
      '--context ',
      '--kubeconfig a --kubeconfig=b --context ',
      'snapshot --kubeconfig c --context x=',
    ]) {
      complete(table, line.split(' '), (files) => {
        seen.push(files);
        return [];
      });
    }
    expect(seen).toEqual([[], ['a', 'b'], ['c']]);
  });

  it('is asked through a program of its own, by names alone', async () => {
    const asked = (...words: readonly string[]) =>
      spawnSync(process.execPath, [path.join(root, 'bin/kubectl_complete-mesh_preflight.js'), ...words], {
        cwd: folder,
        env: { KUBECONFIG: path.join(folder, 'kubeconfig') },
        encoding: 'utf8',
      }).stdout;
    expect(asked('check', '--context', 'a')).toBe(`${CONTEXTS[0]}\n:4\n`);
    // kubectl's own scripts quote what they are told.
    fs.writeFileSync(path.join(folder, 'blank'), MORE.replace('east', '$(my) ctx'));
    expect(asked('check', '--kubeconfig', 'blank', '--context', '')).toBe('$(my) ctx\n:4\n');
    expect(asked('--version')).toBe('--version\n:4\n');
    expect(asked('check', '--strict', '--help')).toBe('--help\n:4\n');
    expect(asked('')).toBe(
      `${table.commands.flatMap(({ name }) => (name.includes(' ') ? [] : [name])).join('\n')}\n:0\n`,
    );
    const help = await runProgram(['--help'], { cwd: folder, env: {} });
    expect(help.stdout).not.toContain('__complete');
  });
});

describe('bash', () => {
  function bash(asked: readonly string[], breaks = '=:@'): readonly (readonly string[])[] {
    const script = asked.map((line) => {
      return `COMP_LINE=${quoted(`mesh-preflight ${line}`)}; COMP_POINT=\${#COMP_LINE}
_mesh_preflight; printf '%s\\n' "\${COMPREPLY[@]}" .`;
    });
    const start = `set -u; COMP_WORDBREAKS=$' \\t\\n"\\'><;|&('${quoted(breaks)}; compopt() { :; }; source ${folder}/completion.bash\n`;
    const answers = ask(['bash', '--norc', '--noprofile'], start + script.join('\n'));
    return asked.map((line, i) => {
      // Readline puts an answer in the place of what stands behind a `=` or `:`, or from an `@` on.
      const word = line.split(' ').at(-1) ?? '';
      const kept = breaks === '' ? '' : word.slice(0, word.length - (/@?[^=:@]*$/.exec(word)?.[0].length ?? 0));
      return (answers[i] ?? []).map((answer) => kept + answer).sort();
    });
  }

  it('answers every line as the program does', () => {
    expect(lines.length).toBeGreaterThan(300);
    const answers = bash(lines);
    expect(lines.map((line, i) => [line, answers[i]])).toEqual(lines.map((line) => [line, expected(line)]));
  });

  it('does so where words are not cut', () => {
    const some = lines.filter((line) => /[=:@]/.test(line.split(' ').at(-1) ?? ''));
    const answers = bash(some, '');
    expect(some.map((line, i) => [line, answers[i]])).toEqual(some.map((line) => [line, expected(line)]));
  });

  it('completes a value that hangs on its option', () => {
    const asked = ['check -oju', '-osarif=ea', 'snapshot -de', 'snapshot -d', 'rules -oj', 'check -- -oj'];
    expect(bash(asked)).toEqual([['-ojunit'], ['-osarif=east.yaml'], ['-dexports'], ['-d'], ['-ojson'], []]);
  });

  it('takes contexts of the kubeconfigs that the line names, and asks kubectl where it is', () => {
    const named = `--kubeconfig ${folder}/more --context `;
    expect(bash([named])).toEqual([['east']]);
    const kubectl = path.join(folder, 'bin/kubectl');
    fs.writeFileSync(
      kubectl,
      '#!/usr/bin/env bash\n[ "$*" = "config get-contexts -o name" ] && echo "from-$KUBECONFIG"\n',
      { mode: 0o755 },
    );
    try {
      expect(bash([named])).toEqual([[`from-${folder}/more`]]);
    } finally {
      fs.rmSync(kubectl);
    }
  });

  describe.skipIf(!hasTool('script', 'REQUIRE_SHELLS'))('on a terminal', () => {
    // The program is one that says what it is given.
    const rc = `
PS1= PS2=
bind 'set enable-bracketed-paste off' 2>/dev/null
stty cols 500
mesh-preflight() { printf '<%s>\\n' '' "$@"; echo EN''DED; }
echo REA''DY
`;

    /** Types lines, each with a start of its last word to complete, runs them, and gives what the program was given. */
    async function typed(lines: readonly string[], first = ''): Promise<readonly (readonly string[])[]> {
      fs.writeFileSync(path.join(folder, 'rc'), `source '${folder}/completion.bash'\n${first}\n${rc}`);
      const bash = `bash --noprofile --rcfile '${folder}/rc' -i`;
      const terminal = spawn('script', ['--quiet', '--flush', '--command', bash, '/dev/null'], {
        cwd: path.join(folder, 'work'),
        env: environment,
      });
      const output = terminal.stdout.setEncoding('utf8')[Symbol.asyncIterator]();
      let shown = '';
      const until = async (sign: string) => {
        while (!shown.includes(sign)) {
          const { value, done } = await output.next();
          if (done) throw new Error(`bash has ended: ${shown}`);
          shown += value;
        }
        const found = shown.slice(0, shown.indexOf(sign));
        shown = shown.slice(found.length + sign.length);
        return found.replaceAll('\r', '');
      };
      try {
        await until('READY\r\n');
        const given: (readonly string[])[] = [];
        for (const line of lines) {
          terminal.stdin.write(`mesh-preflight ${line}\t\n`);
          const answer = await until('ENDED\r\n');
          given.push([...answer.matchAll(/^<(.+)>$/gm)].map(([, word]) => word ?? ''));
        }
        return given;
      } finally {
        terminal.kill();
        // Of all that was typed nothing was run but the program.
        expect(fs.readdirSync(path.join(folder, 'work')).sort()).toEqual(['east.yaml', 'exports']);
      }
    }

    // With what is typed of each.
    const names: readonly (readonly [name: string, start: string])[] = [
      ['$(touch PWNED)', '$('],
      ['say "x"', 'say "'],
      ["it's", 'i'],
      ['hey!!', 'h'],
      ['arn:aws:eks:eu-1:1:cluster/my west', 'arn:aws:'],
      ['user@host name', 'user@host '],
      ['my ctx', 'my c'],
      ['my other', 'my o'],
      ['`touch PWNED`', '`'],
      ["'quoted'", "'"],
      ['back\\slash', 'back'],
      ['C:\\', 'C'],
      ['~root', '~'],
      ['#no', '#'],
      ['a;touch PWNED', 'a;'],
      ['d&touch PWNED', 'd'],
      ['*', '*'],
      ['née à', 'né'],
    ];
    const written: Readonly<Record<string, (text: string) => string>> = {
      '': (text) => text.replaceAll(/[^\w:=@/.-]/gu, '\\$&'),
      '"': (text) => text.replaceAll(/[\\$`"]/g, '\\$&'),
      "'": (text) => text.replaceAll("'", "'\\''"),
    };
    beforeAll(() => {
      fs.writeFileSync(path.join(folder, 'names'), names.map(([name]) => `${name}\n`).join(''));
      fs.writeFileSync(path.join(folder, 'bin/kubectl'), `#!/bin/sh\ncat '${folder}/names'\n`, { mode: 0o755 });
    });
    afterAll(() => fs.rmSync(path.join(folder, 'bin/kubectl')));

    // What is typed before a name, and what the program is given, with the name for `%`.
    it.each<readonly [before: string, quotes: readonly string[], given: readonly string[]]>([
      ['--context ', ['', '"', "'"], ['--context', '%']],
      ['check --context=', ['', '"', "'"], ['check', '--context=%']],
      ['snapshot --context e\\@st=', ['', '"', "'"], ['snapshot', '--context', 'e@st=%']],
      ['"--context"=east@=', ['', '"'], ['--context=east@=%']],
      ['--context "my "e\'ast\'=', [''], ['--context', 'my east=%']],
      ['check "--context=', [], ['check', '--context=%']],
      ["--context 'my east=", [], ['--context', 'my east=%']],
    ])('gives the program the very name behind %s', async (before, quotes, given) => {
      // The quote may be open already.
      const open = quotes.length > 0 ? quotes.map((quote) => [quote, quote]) : [['', /["']/.exec(before)?.[0] ?? '']];
      const cases = open.flatMap(([opened, quote = '']) =>
        names.slice(0, before === '--context ' ? names.length : 6).map(([name, start]) => ({
          line: `${before}${opened}${written[quote]?.(start)}`,
          given: given.map((each) => each.replace('%', () => name)),
        })),
      );
      const found = await typed(cases.map(({ line }) => line));
      expect(cases.map(({ line }, i) => [line, found[i]])).toEqual(cases.map(({ line, given }) => [line, given]));
    });

    it.each([
      ['as it is', ''],
      ['of macOS, which cannot be told that they are files', 'compopt() { return 1; }'],
      ['that cuts words at blanks alone', "COMP_WORDBREAKS=$' \\t\\n'"],
    ])('does so for files, in a bash %s', async (_, first) => {
      const file = (name: string) => path.join(folder, 'odd', name);
      fs.mkdirSync(file('$(touch PWNED)'), { recursive: true });
      for (const name of ['my file', "it's", 'hey!', 'a=$(touch PWNED)']) fs.writeFileSync(file(name), '');
      const found = await typed(
        [
          'check ../odd/m',
          'check "../odd/my ',
          "check '../odd/i",
          'check ~/odd/m',
          'check ../odd/a=\\$',
          'check --config=../odd/h',
          'snapshot --directory ../odd/\\$',
          'snapshot "--directory=../odd/',
          'snapshot -d../odd/\\$',
          '-o "json=../odd/my',
          "--output='json=../odd/$",
        ],
        first,
      );
      expect(found.map((given) => given.join(' ').replace(/\/$/, ''))).toEqual([
        'check ../odd/my file',
        'check ../odd/my file',
        "check ../odd/it's",
        `check ${file('my file')}`,
        'check ../odd/a=$(touch PWNED)',
        'check --config=../odd/hey!',
        'snapshot --directory ../odd/$(touch PWNED)',
        'snapshot --directory=../odd/$(touch PWNED)',
        'snapshot -d../odd/$(touch PWNED)',
        '-o json=../odd/my file',
        '--output=json=../odd/$(touch PWNED)',
      ]);
    });

    it('goes on with what it has completed in part, and does not guess what variables hold', async () => {
      const found = await typed([
        '--context m\tc',
        '--context "m\to',
        '--context "my\\\tc',
        '--context "$HOME\t"',
        "--context $'my\t'",
      ]);
      expect(found.map(([, name]) => name)).toEqual(['my ctx', 'my other', 'my ctx', folder, 'my']);
    });
  });

  it.skipIf(!hasTool('shellcheck', 'REQUIRE_SHELLCHECK'))('passes shellcheck', () => {
    const input = completionScript(table, 'bash', program);
    const { stdout, status } = spawnSync('shellcheck', ['--shell=bash', '-'], { input, encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});

describe.skipIf(!hasTool('zsh', 'REQUIRE_SHELLS'))('zsh', () => {
  // A zsh on a terminal of its own, whose compadd tells what it is given. That of files comes from zsh's own functions.
  const harness = `
zmodload zsh/zpty
zpty -b shell zsh -f -i
zpty -w shell 'PS1=; PS2=; unsetopt zle_bracketed_paste prompt_cr prompt_sp; autoload -U compinit; compinit -u -D; source ${'$'}COMPLETION'
zpty -w shell 'compadd() {
  if [[ " \${@[1,(i)(-|--)]} " == *" "-[OAD]" "* ]]; then builtin compadd "$@"; return; fi
  local -a hits; builtin compadd -A hits "$@"
  (( $#hits )) && print -rl -- "HIT "$^hits; builtin compadd "$@"
}
answer() { _main_complete; compstate[insert]=; compstate[list]=; print -r -- ANSWERED }
zle -C answer complete-word answer; bindkey "^T" answer; print REA""DY'
zpty -r -m shell out '*READY*'
while IFS= read -r line; do
  zpty -n -w shell $'\\C-u'"mesh-preflight $line"$'\\C-t'
  zpty -r -m shell out '*ANSWERED*'
  print -r -- "$out" | awk '{ gsub(/\\r/, "") } match($0, /HIT /) { print substr($0, RSTART + 4) }'
  print .
done
zpty -d shell
`;

  it('is understood', () => {
    const { status, stderr } = spawnSync('zsh', ['-n', path.join(folder, 'completion.zsh')], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it.each<readonly [line: string, answers: readonly string[]]>([
    ['expl', ['explain']],
    ['rules --c', ['--color']],
    ['rules -o ', ['json', 'table']],
    ['check --fail-on w', ['warning']],
    ['--fail-on=w', ['warning']],
    ['explain unique-node-', ['unique-node-addresses', 'unique-node-names']],
    ['check --context ', CONTEXTS],
    ['check --context=other=mini', ['minikube']],
    ['check --kubeconfig ../more --context ', ['east']],
    ['check --kubeconfig=../more --context=x=', ['east']],
    ['check --cluster east=ex', ['exports']],
    ['check -o json=ea', ['east.yaml']],
    ['snapshot --directory ', ['exports']],
    ['check ea', ['east.yaml']],
    ['completion ', ['bash', 'fish', 'zsh']],
    ['baseline ', ['create']],
    ['baseline create --fil', ['--file']],
  ])('%s', (line, answers) => {
    fs.writeFileSync(path.join(folder, 'harness.zsh'), harness.replace('$COMPLETION', `${folder}/completion.zsh`));
    const [found = []] = ask(['zsh', '-f', path.join(folder, 'harness.zsh')], `${line}\n`);
    expect([...new Set(found.map((hit) => hit.replace(/\/$/, '')))].sort()).toEqual(answers);
  });
});

describe.skipIf(!hasTool('fish', 'REQUIRE_SHELLS'))('fish', () => {
  // Of its own, fish takes what follows `=` or `:` for a path, and completes an argument too many.
  const asked = lines
    .filter((line) => !/ (one|--no-such-option=\w*|-- \S*)$|^\w+ (one|x) $|^nothing|^--? |^-?-?$/.test(line))
    .filter((line) => !/\w[=:]\S*$/.test(line) || expected(line).length > 0);

  it('is understood', () => {
    const { status, stderr } = spawnSync('fish', ['-n', path.join(folder, 'completion.fish')], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('takes contexts of the kubeconfigs that the line names', () => {
    const lines = [
      'check --kubeconfig ../more --context ',
      '--kubeconfig=../more --kubeconfig ../nowhere --context x=',
    ];
    const script = path.join(folder, 'kubeconfigs.fish');
    const questions = lines.map((line) => `complete -C ${quoted(`mesh-preflight ${line}`)}; echo .`);
    fs.writeFileSync(script, [`source ${folder}/completion.fish`, ...questions].join('\n'));
    const answers = ask(['fish', '--no-config', script], '').map((found) => found.map((each) => each.split('\t')[0]));
    expect(answers).toEqual([['east'], ['x=east']]);
  });

  it('answers every line as the program does', () => {
    const questions = asked.map((line) => `complete -C ${quoted(`mesh-preflight ${line}`)}; echo .`);
    const script = path.join(folder, 'harness.fish');
    fs.writeFileSync(script, [`source ${folder}/completion.fish`, ...questions].join('\n'));
    const answers = ask(['fish', '--no-config', script], '');
    // With descriptions, folders with a slash; and what holds the word elsewhere than at its start.
    const plain = (line: string, found: readonly string[]) => {
      const typed = line.split(' ').at(-1) ?? '';
      const words = found.map((each) => each.replace(/\t.*/, '').replace(/\/$/, ''));
      return [...new Set(words.filter((each) => each.startsWith(typed)))].sort();
    };
    expect(asked.map((line, i) => [line, plain(line, answers[i] ?? [])])).toEqual(
      asked.map((line) => [line, expected(line)]),
    );
  });
});
