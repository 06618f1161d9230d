// From an object's place and a path inside it to a range of the text; late, and only for what is reported. No files here.

import { COLLECTION_STYLE, EVENT_ID, type Event, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Path } from '../model/resource.ts';
import { eventsOf } from './yaml.ts';

/** Offsets in UTF-16 code units; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;

/** A node of the document: where its events begin, and what stands before it. */
interface Place {
  /** Index of its first event. */
  readonly event: number;
  /** Its key, for a value in a mapping. */
  readonly key: ScalarEvent | null;
  /** Is it an item of a list? */
  readonly item: boolean;
}

/** One document, parsed once for any number of look-ups. Offsets are relative to the document's own text. */
export interface Located {
  /** Range of the deepest part of `item` + `path` that exists; see `rangeOf`. */
  find(item: Path, path: Path): Range;
  /** Ranges of the values that must not be shown, between two offsets. */
  secrets(start: number, end: number): readonly Range[];
}

/** Parses a document for look-ups. Throws where it cannot be read. */
export function locateIn(text: string): Located {
  const events = eventsOf(text);
  const ends = endsOf(events);
  const anchors = anchorsOf(events, text);
  const root: Place = { event: 1, key: null, item: false };

  /** Follows an alias to what it stands for. */
  function resolved(event: number): number {
    const found = events[event];
    if (found?.type !== EVENT_ID.ALIAS) return event;
    return anchors.get(text.slice(found.anchorStart, found.anchorEnd)) ?? event;
  }

  function child(parent: number, step: string | number): Place | null {
    const start = resolved(parent);
    const found = events[start];
    if (typeof step === 'number') {
      if (found?.type !== EVENT_ID.SEQUENCE) return null;
      let event = start + 1;
      for (let i = 0; i < step && event < (ends[start] ?? 0); i++) event = (ends[event] ?? event) + 1;
      return event < (ends[start] ?? 0) ? { event, key: null, item: true } : null;
    }
    if (found?.type !== EVENT_ID.MAPPING) return null;
    let place: Place | null = null;
    for (let key = start + 1; key < (ends[start] ?? 0); ) {
      const value = (ends[key] ?? key) + 1;
      const name = events[key];
      // The last of several equal keys counts, as for kubectl.
      if (name?.type === EVENT_ID.SCALAR && scalarText(name) === step) place = { event: value, key: name, item: false };
      key = (ends[value] ?? value) + 1;
    }
    return place;
  }

  function scalarText(event: ScalarEvent): string {
    return event.valueStart < 0 ? '' : getScalarValue(text, event);
  }

  function walk(from: Place, path: Path): { place: Place; left: number } {
    let place = from;
    for (let i = 0; i < path.length; i++) {
      const next = child(place.event, path[i] as string | number);
      if (!next) return { place, left: path.length - i };
      place = next;
    }
    return { place, left: 0 };
  }

  /**
   * The range of a place, as the JSON report promises: a scalar at its value (quotes included, a block scalar from its indicator), an
   * empty value, a mapping or a list at its key, a list item at its dash (in flow style and JSON at its first character).
   */
  function rangeOf(place: Place): Range {
    const event = events[place.event];
    if (event?.type === EVENT_ID.SCALAR && event.valueStart >= 0) return scalarRange(event, place);
    if (event?.type === EVENT_ID.ALIAS) return { start: event.anchorStart - 1, end: event.anchorEnd };
    if (place.key) return scalarRange(place.key, { event: place.event, key: null, item: false });
    const list = place.item ? events[sequenceOf(place.event)] : undefined;
    // An empty item has no place of its own: its list stands for it.
    const own = event && 'start' in event ? event.start : null;
    const start = own ?? (list && 'start' in list ? list.start : 0);
    if (list && 'style' in list && list.style === COLLECTION_STYLE.BLOCK) {
      const dash = dashBefore(own ?? start + 1, place);
      if (dash >= 0) return { start: dash, end: dash + 1 };
    }
    return { start, end: Math.min(start + 1, text.length) };
  }

  function scalarRange(event: ScalarEvent, place: Place): Range {
    const { valueStart: start, valueEnd: end, style } = event;
    if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) {
      return { start: start - 1, end: end + 1 };
    }
    if (style !== SCALAR_STYLE.LITERAL_BLOCK && style !== SCALAR_STYLE.FOLDED_BLOCK) return { start, end };
    const from = place.key
      ? Math.max(place.key.valueEnd, event.tagEnd, event.anchorEnd)
      : text.lastIndexOf('\n', start - 2) + 1;
    const indicator = text.slice(from, start).search(/[|>]/);
    const last = text.slice(start, end).trimEnd().length;
    return { start: indicator < 0 ? start : from + indicator, end: start + last };
  }

  /** Offset of the dash of a block list's item; -1 when it cannot be told. */
  function dashBefore(offset: number, place: Place): number {
    const sequence = sequenceOf(place.event);
    const begin = sequence < 0 ? 0 : (events[sequence] as { start: number }).start;
    for (let i = Math.min(offset, text.length) - 1; i >= begin; i--) {
      if (text[i] !== '-') continue;
      const line = text.slice(text.lastIndexOf('\n', i) + 1, i);
      if (/^[\s-]*$/.test(line) && /[\s]/.test(text[i + 1] ?? '\n')) return i;
    }
    return -1;
  }

  function sequenceOf(event: number): number {
    for (let i = event - 1; i >= 0; i--) {
      if (events[i]?.type === EVENT_ID.SEQUENCE && (ends[i] ?? 0) > event) return i;
    }
    return -1;
  }

  function find(item: Path, path: Path): Range {
    const object = walk(root, item);
    if (object.left > 0) return rangeOf(object.place);
    const whole = (): Range => {
      const name = walk(object.place, ['metadata', 'name']);
      if (name.left < 2) return rangeOf(name.place);
      return rangeOf(object.place);
    };
    if (path.length === 0) return whole();
    const { place, left } = walk(object.place, path);
    return left === path.length ? whole() : rangeOf(place);
  }

  function secrets(from: number, to: number): readonly Range[] {
    const found: Range[] = [];
    for (const object of objects(root.event)) {
      const [first, last] = spanOf(object);
      if (last < from || first > to) continue;
      for (const path of secretPaths(kindOf(object))) collect(object, path, found);
      environment(object, found);
    }
    return found;
  }

  /** The objects of the document: the root, or what its lists hold. */
  function* objects(event: number, depth = 0): Iterable<number> {
    const start = resolved(event);
    const node = events[start];
    if (node?.type === EVENT_ID.SEQUENCE) {
      for (let i = start + 1; i < (ends[start] ?? 0); i = (ends[i] ?? i) + 1) yield* objects(i, depth);
    } else if (node?.type === EVENT_ID.MAPPING) {
      const items = child(start, 'items');
      if (items && depth < 3 && events[items.event]?.type === EVENT_ID.SEQUENCE) yield* objects(items.event, depth + 1);
      else yield start;
    }
  }

  function kindOf(object: number): string {
    const place = child(object, 'kind');
    const event = place && events[place.event];
    return event?.type === EVENT_ID.SCALAR ? scalarText(event) : '';
  }

  function spanOf(event: number): [number, number] {
    let first = Number.POSITIVE_INFINITY;
    let last = 0;
    for (let i = event; i <= (ends[event] ?? event); i++) {
      const part = events[i];
      if (part?.type === EVENT_ID.SCALAR && part.valueStart >= 0) {
        first = Math.min(first, part.valueStart);
        last = Math.max(last, part.valueEnd);
      }
    }
    return [first, last];
  }

  /** All scalars under a path; `*` stands for every key or item. */
  function collect(parent: number, path: Path, into: Range[]): void {
    const [step, ...rest] = path;
    const start = resolved(parent);
    if (step === undefined) {
      for (let i = start; i <= (ends[start] ?? start); i++) {
        const event = events[i];
        if (event?.type === EVENT_ID.SCALAR && event.valueStart >= 0)
          into.push({ start: event.valueStart, end: event.valueEnd });
      }
      return;
    }
    if (step !== '*') {
      const next = child(start, step);
      if (next) collect(next.event, rest, into);
      return;
    }
    const node = events[start];
    const mapping = node?.type === EVENT_ID.MAPPING;
    if (!mapping && node?.type !== EVENT_ID.SEQUENCE) return;
    for (let i = start + 1; i < (ends[start] ?? 0); ) {
      const value = mapping ? (ends[i] ?? i) + 1 : i;
      collect(value, rest, into);
      i = (ends[value] ?? value) + 1;
    }
  }

  /** Literal values of environment variables whose names speak of a secret. */
  function environment(object: number, into: Range[]): void {
    const containers = walk({ event: object, key: null, item: false }, ['spec', 'template', 'spec', 'containers']);
    if (containers.left > 0) return;
    for (const container of objects(containers.place.event, 3)) {
      const env = child(container, 'env');
      if (!env) continue;
      for (const variable of objects(env.event, 3)) {
        const name = child(variable, 'name');
        const event = name && events[name.event];
        if (
          event?.type === EVENT_ID.SCALAR &&
          /pass|secret|token|credential|_key$|key_?data/i.test(scalarText(event))
        ) {
          collect(variable, ['value'], into);
        }
      }
    }
  }

  return { find, secrets };
}

/** Where secrets stand, by kind. The last applied configuration repeats whole objects, so it is masked everywhere. */
function secretPaths(kind: string): readonly Path[] {
  const applied: Path = ['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration'];
  const metadata: Path = ['metadata', 'annotations', 'projectcalico.org/metadata'];
  if (kind === 'Secret' || kind === 'SecretList' || kind === '') return [applied, ['data', '*'], ['stringData', '*']];
  if (kind === 'RemoteClusterConfiguration' || kind === 'RemoteClusterConfigurationList') {
    const fields = [
      'kubeconfigInline',
      'k8sAPIToken',
      'etcdEndpoints',
      'etcdUsername',
      'etcdPassword',
      'etcdKey',
      'etcdCert',
      'etcdCACert',
    ];
    return [applied, metadata, ...fields.map((field): Path => ['spec', field])];
  }
  // Kubeconfigs for joining nodes, of kubeadm: cluster-info and kube-proxy.
  if (kind === 'ConfigMap' || kind === 'ConfigMapList')
    return [applied, ['data', 'kubeconfig'], ['data', 'kubeconfig.conf']];
  return [applied];
}

/** For every event the index of the last event of its node. */
function endsOf(events: readonly Event[]): Int32Array {
  const ends = new Int32Array(events.length);
  const open: number[] = [];
  for (let i = 0; i < events.length; i++) {
    const type = events[i]?.type;
    ends[i] = i;
    if (type === EVENT_ID.POP) {
      const start = open.pop();
      if (start !== undefined) ends[start] = i;
    } else if (type !== EVENT_ID.SCALAR && type !== EVENT_ID.ALIAS) open.push(i);
  }
  return ends;
}

function anchorsOf(events: readonly Event[], text: string): ReadonlyMap<string, number> {
  const anchors = new Map<string, number>();
  for (let i = 0; i < events.length; i++) {
    const event = events[i];
    if (event && event.type !== EVENT_ID.ALIAS && 'anchorStart' in event && event.anchorStart >= 0) {
      anchors.set(text.slice(event.anchorStart, event.anchorEnd), i);
    }
  }
  return anchors;
}

/** Line starts of a text, as js-yaml counts lines: `\n`, `\r\n` and a lone `\r` end one. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === 0x0a || (char === 0x0d && text.charCodeAt(i + 1) !== 0x0a)) starts.push(i + 1);
  }
  return starts;
}

/** Line and column (both from 1) of an offset. */
export function positionOf(starts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
