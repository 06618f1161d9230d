// Folders and files to clusters: which folder is which cluster, what is a problem, and where it stands.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFiles } from '../../src/source/files.ts';
import type { Input } from '../../src/source/source.ts';

let root = '';
beforeAll(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mesh-preflight-')));
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

/** Writes files and reads paths relative to their folder. */
function read(files: Readonly<Record<string, string | Buffer>>, ...paths: string[]): Input {
  const folder = fs.mkdtempSync(path.join(root, 'case-'));
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
  return readFiles({ paths, clusters: [], cwd: folder, repository: folder });
}

const node = (name: string) => `apiVersion: v1\nkind: Node\nmetadata:\n  name: ${name}\n`;
const secret = (namespace: string) => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  namespace: ${namespace}\n`;
const nodesOf = (input: Input) =>
  Object.fromEntries(input.clusters.map((c) => [c.cluster, c.kinds.Node.items.map((n) => n.ref.name)]));
const problemsOf = (input: Input) => input.problems.map((p) => `${p.cluster} ${p.uri}:${p.line}:${p.column} ${p.why}`);

describe('which folder is which cluster', () => {
  test('sub-folders of a mesh folder', () => {
    const input = read(
      {
        'm/a/nodes.yaml': node('n1'),
        'm/b/x/nodes.json': JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n2' } }),
      },
      'm',
    );
    expect(nodesOf(input)).toEqual({ a: ['n1'], b: ['n2'] });
  });
  test('a folder with objects in its own files is one cluster, and so is a file', () => {
    expect(nodesOf(read({ 'a/nodes.yaml': node('n1'), 'a/more/nodes.yaml': node('n2') }, 'a'))).toEqual({
      a: ['n2', 'n1'],
    });
    expect(nodesOf(read({ 'east.yaml': node('n1') }, 'east.yaml'))).toEqual({ east: ['n1'] });
  });
  test('sub-folders named after kinds, groups or namespaces are parts of one cluster', () => {
    const files = {
      'a/nodes/n1.yaml': node('n1'),
      'a/crd.projectcalico.org/p.yaml': '',
      'a/calico-system/s.yaml': secret('calico-system'),
    };
    expect(nodesOf(read(files, 'a'))).toEqual({ a: ['n1'] });
    const mixed = { ...files, 'a/west/n2.yaml': node('n2') };
    expect(Object.keys(nodesOf(read(mixed, 'a')))).toEqual(['calico-system', 'crd.projectcalico.org', 'nodes', 'west']);
  });
  test('the core group is called core, and a folder of kinds that nobody reads tells nothing', () => {
    const files = {
      'a/core/n1.yaml': node('n1'),
      'a/crd.projectcalico.org/p.yaml': 'apiVersion: crd.projectcalico.org/v1\nkind: IPPoolList\nitems: []\n',
      'a/deployments/d.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n',
    };
    expect(nodesOf(read(files, 'a'))).toEqual({ a: ['n1'] });
    const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\n';
    expect(Object.keys(nodesOf(read({ ...files, 'a/core/r.yaml': role }, 'a')))).toContain('core');
  });
  test('other files beside the clusters do not matter, and documentation is no cluster', () => {
    const input = read(
      {
        'm/README.md': '#',
        'm/notes.json': '{"title": "x"}',
        'm/a/nodes.yaml': node('n1'),
        'm/b/n.yaml': node('n2'),
        'm/docs/x.md': '',
      },
      'm',
    );
    expect(nodesOf(input)).toEqual({ a: ['n1'], b: ['n2'] });
  });
  test('an export that holds nothing is a cluster all the same', () => {
    expect(nodesOf(read({ 'm/a/nodes.yaml': node('n1'), 'm/b/nodes.yaml': '' }, 'm'))).toEqual({ a: ['n1'], b: [] });
  });
  test('links are followed, circles are not', () => {
    const folder = fs.mkdtempSync(path.join(root, 'case-'));
    fs.mkdirSync(path.join(folder, 'm/a/sub'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'm/a/nodes.yaml'), node('n1'));
    fs.symlinkSync('..', path.join(folder, 'm/a/sub/up'));
    fs.symlinkSync('nowhere', path.join(folder, 'm/a/dangling.yaml'));
    const input = readFiles({ paths: ['m'], clusters: [], cwd: folder, repository: null });
    expect(nodesOf(input)).toEqual({ a: ['n1'] });
  });
  test('a path that does not exist and a name given twice are wrong use', () => {
    expect(() => read({}, 'nowhere')).toThrow('nowhere: no such file or folder');
    expect(() => read({ 'x/a/n.yaml': node('n0'), 'y/a/n.yaml': node('n0') }, 'x', 'y')).toThrow(
      'cluster a is given twice',
    );
  });
});

describe('problems', () => {
  test('say file, line and column, and what they may hide', () => {
    const input = read({ 'a/ippools.yaml': 'kind: List\nitems: [\n', 'a/nodes.yaml': node('n1') }, 'a');
    expect(problemsOf(input)).toEqual([expect.stringMatching(/^a a\/ippools.yaml:\d+:\d+ /)]);
    expect(input.clusters[0]?.kinds.IPPool.partial).toBe('a document of a/ippools.yaml cannot be read');
    expect(input.clusters[0]?.kinds.Node.partial).toBeNull();
  });
  test('of a document whose kind its text tells touch that kind alone', () => {
    const input = read(
      { 'a/all.yaml': `${node('n1')}---\napiVersion: crd.projectcalico.org/v1\nkind: IPPool\nspec: {\n` },
      'a',
    );
    expect(
      Object.entries(input.clusters[0]?.kinds ?? {})
        .filter(([, k]) => k.partial)
        .map(([id]) => id),
    ).toEqual(['IPPool']);
  });
  test('of JSON whose kind its text tells, too', () => {
    const text = JSON.stringify(
      { apiVersion: 'crd.projectcalico.org/v1', kind: 'IPPool', spec: { kind: 'Node' } },
      null,
      4,
    );
    const input = read({ 'a/x.json': text.slice(0, -3), 'a/n.yaml': node('n1') }, 'a');
    const partial = Object.entries(input.clusters[0]?.kinds ?? {}).filter(([, k]) => k.partial);
    expect(partial.map(([id]) => id)).toEqual(['IPPool']);
  });
  test('of a key that occurs twice touch the kinds that its document holds', () => {
    const lists = `apiVersion: v1\nkind: List\nitems:\n- ${node('n1').trimEnd().replaceAll('\n', '\n  ')}\n  kind: Node\n`;
    const partial = (text: string) =>
      Object.entries(read({ 'a/export.yaml': text }, 'a').clusters[0]?.kinds ?? {}).flatMap(([id, k]) =>
        k.partial ? [id] : [],
      );
    expect(partial(lists)).toEqual(['Node']);
    expect(partial(`${lists}items: []\n`).length).toBeGreaterThan(20);
  });
  test('of a document that nothing tells touch every kind', () => {
    const input = read({ 'a/all.yaml': `${node('n1')}---\n{{ helm }}\n` }, 'a');
    expect(Object.values(input.clusters[0]?.kinds ?? {}).every((k) => k.partial !== null)).toBe(true);
  });
  test('of shape stand at the field', () => {
    const text = 'apiVersion: crd.projectcalico.org/v1\nkind: IPPool\nmetadata:\n  name: p\nspec:\n  cidr: 10\n';
    const input = read({ 'a/x.yaml': `${node('n0')}---\n${text}` }, 'a');
    expect(problemsOf(input)).toEqual(['a a/x.yaml:11:9 spec.cidr must be a string, is a number']);
    expect(input.clusters[0]?.kinds.IPPool).toMatchObject({
      items: [],
      partial: 'a IPPool in a/x.yaml cannot be used',
    });
  });
  test('duplicate keys are told at the second, in YAML only', () => {
    const input = read(
      {
        'a/nodes.yaml': `${node('n1')}kind: Node\n`,
        'b/nodes.json': '{"kind":"Node","kind":"Node","apiVersion":"v1","metadata":{"name":"n"}}',
      },
      'a',
      'b',
    );
    expect(problemsOf(input)).toEqual(['a a/nodes.yaml:5:1 a key occurs twice; the last one counts']);
    expect(nodesOf(input)).toEqual({ a: ['n1'], b: ['n'] });
  });
  test('text that is neither UTF-8 nor UTF-16', () => {
    const input = read({ 'a/nodes.yaml': Buffer.from([0x61, 0xff, 0xfe, 0x80]), 'a/x.yaml': node('n0') }, 'a');
    expect(problemsOf(input)).toEqual(['a a/nodes.yaml:null:null it is neither UTF-8 nor UTF-16 text']);
  });
});

describe('encodings', () => {
  const text = node('n1');
  test('a byte order mark is no part of the text', () => {
    const input = read({ 'a/nodes.yaml': `\uFEFF${text}` }, 'a');
    const ref = input.clusters[0]?.kinds.Node.items[0]?.ref;
    if (!ref) throw new Error('no node');
    const evidence = { ref, path: ['apiVersion'], note: '' };
    expect(input.locate([evidence]).get(evidence)?.location).toMatchObject({ line: 1, column: 13 });
  });
  test('UTF-16 as PowerShell writes it', () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    expect(nodesOf(read({ 'a/nodes.yaml': bytes }, 'a'))).toEqual({ a: ['n1'] });
  });
});

describe('places', () => {
  const pools = (n: number) =>
    `apiVersion: v1\nkind: List\nitems:\n${Array.from({ length: n }, (_, i) => `- apiVersion: crd.projectcalico.org/v1\n  kind: IPPool\n  metadata:\n    name: p${i}\n  spec:\n    cidr: 10.${i}.0.0/16\n`).join('')}`;
  test('lead to the item and its field, with the lines around', () => {
    const input = read({ 'a/ippools.yaml': pools(3) }, 'a');
    const ref = input.clusters[0]?.kinds.IPPool.items[1]?.ref;
    if (!ref) throw new Error('no pool');
    const evidence = { ref, path: ['spec', 'cidr'], note: '' };
    const placed = input.locate([evidence]).get(evidence);
    expect(placed?.location).toEqual({ uri: 'a/ippools.yaml', line: 15, column: 11, endLine: 15, endColumn: 22 });
    expect(placed?.excerpt?.lines.map((l) => l.text)).toEqual([
      '    name: p1',
      '  spec:',
      '    cidr: 10.1.0.0/16',
      '- apiVersion: crd.projectcalico.org/v1',
      '  kind: IPPool',
    ]);
  });
  test('are not given when the file has changed', () => {
    const input = read({ 'a/ippools.yaml': pools(1) }, 'a');
    const ref = input.clusters[0]?.kinds.IPPool.items[0]?.ref;
    if (!ref) throw new Error('no pool');
    const folders = fs
      .readdirSync(root)
      .sort((a, b) => fs.statSync(path.join(root, b)).ctimeMs - fs.statSync(path.join(root, a)).ctimeMs);
    fs.appendFileSync(path.join(root, folders[0] ?? '', 'a/ippools.yaml'), '# changed\n');
    const evidence = { ref, path: ['spec', 'cidr'], note: '' };
    expect(input.locate([evidence]).get(evidence)).toBeUndefined();
  });
  test('show no secret', () => {
    const text = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\ndata:\n  datastoreType: a3ViZQ==\n  kubeconfig: c2VjcmV0\n`;
    const input = read({ 'a/s.yaml': text }, 'a');
    const ref = input.clusters[0]?.kinds.Secret.items[0]?.ref;
    if (!ref) throw new Error('no secret');
    const evidence = { ref, path: ['data', 'kubeconfig'], note: '' };
    const placed = input.locate([evidence]).get(evidence);
    expect(placed?.location).toMatchObject({ line: 7, column: 15, endColumn: 23 });
    expect(placed?.excerpt?.lines.map((l) => l.text)).toEqual([
      'data:',
      '  datastoreType: ********',
      '  kubeconfig: ********',
    ]);
  });
  test('show no kubeconfig of a ConfigMap, but other values', () => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cluster-info\ndata:\n  veth_mtu: "0"\n  kubeconfig: users\n`;
    const input = read({ 'a/c.yaml': text }, 'a');
    const ref = input.clusters[0]?.kinds.ConfigMap.items[0]?.ref;
    if (!ref) throw new Error('no ConfigMap');
    const evidence = { ref, path: ['data', 'kubeconfig'], note: '' };
    const lines = input
      .locate([evidence])
      .get(evidence)
      ?.excerpt?.lines.map((l) => l.text);
    expect(lines).toEqual(['data:', '  veth_mtu: "0"', '  kubeconfig: *****']);
  });
});
