// Of a list that was read in pieces only the items that are reported are parsed: places and excerpts have to be those of the whole document.

import { expect, it } from 'vitest';
import type { Evidence, Path } from '../../src/model/resource.ts';
import { locateEvidence } from '../../src/source/positions.ts';
import { readText } from '../../src/source/yaml.ts';
import { listYaml, type Value } from '../bench/kubectl-yaml.ts';

const secret = (name: string): Value => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'calico-system' },
  zdata: { note: 'the data of this one stands in front' },
  data: { kubeconfig: 'cGxhbnRlZA==', token: 'cGxhbnRlZA==' },
});
/** With its data at its end, where the excerpt of the next item begins. */
const open = (name: string): Value => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData: { a: 'planted' },
});
const pool = (name: string): Value => ({
  apiVersion: 'v3',
  kind: 'IPPool',
  metadata: { name },
  spec: { cidr: '10.0.0.0/8', uses: ['a', 'b'] },
});

const lists: Readonly<Record<string, readonly Value[]>> = {
  'one item': [pool('a')],
  'secrets between others': [pool('a'), secret('b'), pool('c'), open('d'), pool('e'), open('f'), open('g'), pool('h')],
  'items of one line': [
    { a: 'b' },
    { stringData: { a: 'planted' } },
    { a: 'b' },
    { c: 'd' },
    pool('e'),

    { a: 'b' },
  ],
  'an item with dashes in a block': [{ text: '- a\n- b\nitems:\n- c\n', metadata: { name: 'a' } }, pool('b')],
};

/** Makes a list too long to be read at once. */
const filler: readonly Value[] = Array.from({ length: 700 }, (_, i) => pool(`filler-${i}`));

const paths: readonly Path[] = [
  [],
  ['metadata'],
  ['metadata', 'name'],
  ['spec', 'cidr'],
  ['spec', 'uses', 1],
  ['spec', 'absent', 'field'],
  ['kind'],
  ['apiVersion'],
  ['stringData', 'a'],
  ['text'],
];

it.each(Object.entries(lists))('%s', (_what, items) => {
  const text = [...listYaml([...items, ...filler])].join('');
  const evidence = items.flatMap((_, i) =>
    paths.map((path): Evidence => {
      const origin = { file: 0, document: 0, item: ['items', i] };
      return { ref: { cluster: 'a', apiVersion: 'v1', kind: 'K', namespace: null, name: 'n', origin }, path, note: '' };
    }),
  );
  const placed = (byItems: ReadonlySet<number>) => {
    const file = { cluster: 'a', uri: 'a.yaml', repositoryUri: 'a.yaml', hasMark: false, byItems, read: () => text };
    const found = locateEvidence(evidence, [file]);
    return evidence.map((piece) => {
      const place = found.get(piece);
      return { path: piece.path, place: { ...place, excerpt: { ...place?.excerpt } } };
    });
  };
  expect([...readText(text)].map((d) => d.byItems)).toEqual([true]);
  const few = placed(new Set([0]));
  expect(few).toEqual(placed(new Set()));
  expect(JSON.stringify(few)).not.toContain('planted');
  expect(JSON.stringify(few)).not.toContain('cGxhbnRlZA');
});
