// A patch as an edit of the file: only where the edited file says what the patch says, and nothing else changed.

import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import type { Shown } from '../../src/report/anchor.ts';
import type { Excerpt } from '../../src/report/report.ts';
import { edit } from '../../src/report/sarif-edit.ts';

/** The edit of `text`, whose marked part (`«…»`) is the evidence's region. */
function tryEdit(marked: string, path: string, patch: Readonly<Record<string, unknown>>): string | null {
  const start = marked.indexOf('«');
  const before = marked.slice(0, start).split('\n');
  const text = marked.replace(/[«»]/g, '');
  const region = marked.slice(start + 1, marked.indexOf('»')).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const endLine = line + region.length - 1;
  const endColumn = (region.at(-1)?.length ?? 0) + (region.length > 1 ? 1 : column);
  const location = { uri: 'a/x.yaml', line, column, endLine, endColumn };
  const shown: Shown = {
    cluster: 'a',
    apiVersion: 'v1',
    kind: 'K',
    namespace: null,
    name: 'n',
    path,
    note: '',
    location,
  };
  const lines = text.split('\n').map((one, i) => ({ line: i + 1, column: 1, text: one, cut: false }));
  const excerpt: Excerpt = { repositoryUri: location.uri, lineHash: '', lines };
  const written = edit(patch, shown, excerpt);
  return written === null ? null : marked.replace(/«.*»/s, () => written);
}

describe('edit', () => {
  test.each([
    [
      'a number',
      'spec:\n  vxlanPort: «4790» # why\n',
      { spec: { vxlanPort: 4789 } },
      'spec:\n  vxlanPort: 4789 # why\n',
    ],
    ['a boolean', 'spec: {a: 1, enabled: «true»}\n', { spec: { enabled: false } }, 'spec: {a: 1, enabled: false}\n'],
    ['a plain word', 'spec:\n  mode: «Never»\n', { spec: { mode: 'Always' } }, 'spec:\n  mode: Always\n'],
    ['an address', 'spec:\n  cidr: «10.0.0.0/8»\n', { spec: { cidr: '10.1.0.0/16' } }, 'spec:\n  cidr: 10.1.0.0/16\n'],
    ['single quotes', "spec:\n  mode: 'Never'\n", { spec: { mode: "it's" } }, "spec:\n  mode: 'it''s'\n"],
    ['double quotes', 'spec:\n  mode: «"Never"»\n', { spec: { mode: 'Always' } }, 'spec:\n  mode: "Always"\n'],
    ['JSON', '{"spec":{"mode":«"Never"»}}', { spec: { mode: 'Always' } }, '{"spec":{"mode":"Always"}}'],
    [
      'a string for a number in JSON',
      '{"spec": {"mode": «1»}}',
      { spec: { mode: 'two' } },
      '{"spec": {"mode": "two"}}',
    ],
    ['a string that needs quotes', 'spec:\n  mode: «Never»\n', { spec: { mode: 'yes' } }, 'spec:\n  mode: "yes"\n'],
    ['a port as a string', 'spec:\n  port: «Never»\n', { spec: { port: '0x10' } }, 'spec:\n  port: "0x10"\n'],
  ])('writes %s', (_, text, patch, expected) => {
    const marked = text.includes('«') ? text : text.replace("'Never'", "«'Never'»");
    const path = `spec.${Object.keys(patch.spec)[0]}`;
    const written = tryEdit(marked, path, patch);
    expect(written).toBe(expected);
    expect(load(written ?? '')).toMatchObject(patch);
  });

  test.each([
    ['a field that is absent, whose parent is shown', '«spec»:\n  a: 1\n', 'spec.mode', { spec: { mode: 'Always' } }],
    ['an absent field of a parent of the same name', '«mode»:\n  a: 1\n', 'mode.mode', { mode: { mode: 'Always' } }],
    ['a patch of two values', 'spec:\n  mode: «Never»\n', 'spec.mode', { spec: { mode: 'Always', other: 1 } }],
    ['a patch of another field', 'spec:\n  mode: «Never»\n', 'spec.mode', { spec: { other: 'Always' } }],
    ['a patch that removes', 'spec:\n  mode: «Never»\n', 'spec.mode', { spec: { mode: null } }],
    ['a patch with a list', 'spec:\n  mode: «Never»\n', 'spec.mode', { spec: { mode: ['Always'] } }],
    ['an alias', 'spec:\n  mode: «*shared»\n', 'spec.mode', { spec: { mode: 'Always' } }],
    ['an anchor', 'spec:\n  mode: «&shared Never»\n', 'spec.mode', { spec: { mode: 'Always' } }],
    ['a block scalar', 'spec:\n  mode: «|-\n    Never»\n', 'spec.mode', { spec: { mode: 'Always' } }],
    ['a masked secret', 'spec:\n  mode: «*****»\n', 'spec.mode', { spec: { mode: 'Always' } }],
    ['a flow list', 'spec:\n  mode: «[Never]»\n', 'spec.mode', { spec: { mode: 'Always' } }],
    ['no patch', 'spec:\n  mode: «Never»\n', 'spec.mode', {}],
  ])('refuses %s', (_, marked, path, patch) => {
    expect(tryEdit(marked, path, patch)).toBeNull();
  });

  test('refuses what is not shown', () => {
    const location = { uri: 'a/x.yaml', line: 1, column: 7, endLine: 1, endColumn: 12 };
    const shown: Shown = {
      cluster: 'a',
      apiVersion: 'v1',
      kind: 'K',
      namespace: null,
      name: 'n',
      path: 'mode',
      note: '',
      location,
    };
    expect(edit({ mode: 'Always' }, shown, null)).toBeNull();
    const lines = [{ line: 1, column: 1, text: 'mode: Nev', cut: true }];
    expect(edit({ mode: 'Always' }, shown, { repositoryUri: 'a', lineHash: '', lines })).toBeNull();
  });
});
