// The Felix parameters that a mesh depends on: names, built-in defaults and how Felix reads a value. No I/O.
//
// Names, types and defaults: felix/config/config_params.go and param_types.go (open-source v3.30 to v3.32, which Calico Enterprise 3.21 to
// 3.24 is built on); the Enterprise-only egressIPVXLANPort: FelixConfiguration reference, 3.24.

/**
 * What Felix makes of a setting. Durations are seconds, lists are sorted and joined by commas. `null` is "no value": an optional
 * parameter that is unset, or the literal `none` for one whose zero value means nothing.
 */
export type FelixValue = number | boolean | string | null;

interface Type {
  /** Felix's reading of a text; `undefined` where it cannot parse it. */
  readonly read: (text: string) => FelixValue | undefined;
  /** What the literal `none` stands for (config_params.go, `resolve`); `undefined` where Felix refuses it. */
  readonly zero: FelixValue | undefined;
}

interface Parameter {
  /** Felix's own name: suffix of the override annotation, and after `FELIX_` the environment variable. */
  readonly felix: string;
  readonly type: Type;
  /** The value where nothing sets it, and the one that replaces what cannot be parsed. */
  readonly builtIn: FelixValue;
  /** First minor version of Calico Enterprise 3 whose Felix knows it; older ones ignore it. */
  readonly since?: number;
}

const int: Type = { read: readInt, zero: 0 };
const bool: Type = { read: readBool, zero: false };
/** A pointer in Felix: unset is a state of its own. */
const optionalBool: Type = { read: readBool, zero: null };
const seconds: Type = { read: readSeconds, zero: 0 };
const interfaceName: Type = {
  read: (text) => (/^[a-zA-Z0-9:._+-]{1,15}$/.test(text) ? text : undefined),
  zero: undefined,
};
const list: Type = {
  read: (text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
      .sort()
      .join(','),
  zero: '',
};

function oneOf(...options: readonly string[]): Type {
  return { read: (text) => options.find((o) => o.toLowerCase() === text.toLowerCase()), zero: null };
}

/** By the name of the field in `FelixConfiguration.spec`. */
const table = {
  routeSource: { felix: 'RouteSource', type: oneOf('WorkloadIPs', 'CalicoIPAM'), builtIn: 'CalicoIPAM' },

  // Unset, the IP pools decide (felix/calc/encapsulation_resolver.go).
  vxlanEnabled: { felix: 'VXLANEnabled', type: optionalBool, builtIn: null },
  ipipEnabled: { felix: 'IpInIpEnabled', type: optionalBool, builtIn: null },
  vxlanPort: { felix: 'VXLANPort', type: int, builtIn: 4789 },
  vxlanVNI: { felix: 'VXLANVNI', type: int, builtIn: 4096 },
  // 0 is automatic: the host's MTU less the encapsulation's overhead (felix/dataplane/linux/int_dataplane.go).
  vxlanMTU: { felix: 'VXLANMTU', type: int, builtIn: 0 },
  vxlanMTUV6: { felix: 'VXLANMTUV6', type: int, builtIn: 0 },

  wireguardEnabled: { felix: 'WireguardEnabled', type: bool, builtIn: false },
  wireguardEnabledV6: { felix: 'WireguardEnabledV6', type: bool, builtIn: false },
  wireguardListeningPort: { felix: 'WireguardListeningPort', type: int, builtIn: 51820 },
  wireguardListeningPortV6: { felix: 'WireguardListeningPortV6', type: int, builtIn: 51821 },
  wireguardRoutingRulePriority: { felix: 'WireguardRoutingRulePriority', type: int, builtIn: 99 },
  wireguardInterfaceName: { felix: 'WireguardInterfaceName', type: interfaceName, builtIn: 'wireguard.cali' },
  wireguardInterfaceNameV6: { felix: 'WireguardInterfaceNameV6', type: interfaceName, builtIn: 'wg-v6.cali' },
  wireguardMTU: { felix: 'WireguardMTU', type: int, builtIn: 0 },
  wireguardMTUV6: { felix: 'WireguardMTUV6', type: int, builtIn: 0 },
  wireguardHostEncryptionEnabled: { felix: 'WireguardHostEncryptionEnabled', type: bool, builtIn: false },
  wireguardKeepAlive: { felix: 'WireguardPersistentKeepAlive', type: seconds, builtIn: 0 },
  wireguardThreadingEnabled: { felix: 'WireguardThreadingEnabled', type: bool, builtIn: false, since: 19 },

  ipv6Support: { felix: 'Ipv6Support', type: bool, builtIn: true },
  egressIPVXLANPort: { felix: 'EgressIPVXLANPort', type: int, builtIn: 4790 },
  externalNodesList: { felix: 'ExternalNodesCIDRList', type: list, builtIn: '' },
  natOutgoingExclusions: {
    felix: 'NATOutgoingExclusions',
    type: oneOf('IPPoolsOnly', 'IPPoolsAndHostIPs'),
    builtIn: 'IPPoolsOnly',
    since: 22,
  },
  bpfEnabled: { felix: 'BPFEnabled', type: bool, builtIn: false },
  awsSrcDstCheck: { felix: 'AWSSrcDstCheck', type: oneOf('DoNothing', 'Enable', 'Disable'), builtIn: 'DoNothing' },
  istioAmbientMode: {
    felix: 'IstioAmbientMode',
    type: oneOf('Enabled', 'Disabled'),
    builtIn: 'Disabled',
    since: 22,
  },
} as const satisfies Record<string, Parameter>;

/** A mesh-relevant parameter, by the name of its field in `FelixConfiguration.spec`. */
export type FelixParameter = keyof typeof table;

export const felixParameters: Readonly<Record<FelixParameter, Parameter>> = table;

/** The fields of `FelixConfiguration.spec` that anything looks at. */
export const MESH_FELIX_FIELDS = Object.keys(table) as readonly FelixParameter[];

/** Longer texts are no setting's value. */
export const LONGEST_SETTING = 256;

/** Felix's names of the parameters. */
export const FELIX_NAMES: readonly string[] = Object.values(felixParameters).map(({ felix }) => felix);

const felixNames: ReadonlySet<string> = new Set(FELIX_NAMES.map((name) => name.toLowerCase()));

/** Is it the name of a parameter's environment variable, in any letters? */
export function isFelixName(key: string): boolean {
  return /^felix_/i.test(key) && felixNames.has(key.slice('felix_'.length).toLowerCase());
}

/**
 * May the value of a Secret's key be kept as a setting of Felix? Only what is no credential: what stands under the name of a parameter's
 * environment variable, and what is nothing, a boolean, a word of an enumeration or a small number, whatever its key is called.
 */
export function isSetting(key: string, text: string): boolean {
  if (text.length > LONGEST_SETTING) return false;
  if (isFelixName(key)) return true;
  return (
    text === '' ||
    readBool(text) !== undefined ||
    /^(?:none|CalicoIPAM|WorkloadIPs|Enabled|Disabled)$/i.test(text) ||
    /^[+-]?(?:\d{1,8}|0x[0-9a-f]{1,8}|0[ob][0-7]{1,8})$/i.test(text)
  );
}

/** What a text means, and whether Felix could parse it: if not, its built-in default replaces it and still outranks every lower source. */
export interface Reading {
  readonly value: FelixValue;
  readonly valid: boolean;
}

/** Reads an environment variable's or annotation's text as Felix does; null for an empty text, which sets nothing. */
export function readText(parameter: FelixParameter, text: string): Reading | null {
  if (text === '') return null;
  const { type, builtIn } = felixParameters[parameter];
  const value = text.toLowerCase() === 'none' ? type.zero : type.read(text);
  return value === undefined ? { value: builtIn, valid: false } : { value, valid: true };
}

/**
 * Reads a field of `spec`, which Calico turns into text first (configurationprocessor.go): durations are written in Go's notation there
 * and become seconds, lists are joined. Null for a field that is unset.
 */
export function readField(parameter: FelixParameter, written: unknown): Reading | null {
  if (written === undefined || written === null) return null;
  const text = fieldText(written);
  if (!isDuration(parameter) || text === '') return readText(parameter, text);
  const value = goDuration(text);
  return value === undefined ? { value: felixParameters[parameter].builtIn, valid: false } : { value, valid: true };
}

/** A field of `spec` as text, as it was written. */
export function fieldText(written: unknown): string {
  if (Array.isArray(written)) return written.join(',');
  return typeof written === 'object' ? JSON.stringify(written) : String(written);
}

/** A value as people read it in a message. */
export function formatFelixValue(parameter: FelixParameter, value: FelixValue): string {
  if (value === null) return felixParameters[parameter].type === optionalBool ? 'unset' : 'none';
  if (value === 0 && /MTU/.test(parameter)) return '0 (automatic)';
  return isDuration(parameter) ? `${value}s` : String(value);
}

/** The environment variable that sets a parameter, in the usual spelling. */
export function environmentName(parameter: FelixParameter): string {
  return `FELIX_${felixParameters[parameter].felix.toUpperCase()}`;
}

export const OVERRIDE_PREFIX = 'config.projectcalico.org/';

/** The annotation of a FelixConfiguration that outranks its field. */
export function overrideAnnotation(parameter: FelixParameter): string {
  return OVERRIDE_PREFIX + felixParameters[parameter].felix;
}

/** Is it written as a duration (`25s`) in `spec`? */
export function isDuration(parameter: FelixParameter): boolean {
  return felixParameters[parameter].type === seconds;
}

/** strconv.ParseInt with base 0 and 64 bits: the prefix tells the base, a leading 0 is octal, underscores may separate digits. */
function readInt(text: string): number | undefined {
  const match = /^([+-]?)(0x(?:_?[0-9a-f])+|0b(?:_?[01])+|0o(?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/i.exec(text);
  if (!match) return undefined;
  const [, sign, digits = ''] = match;
  const plain = digits.replaceAll('_', '');
  const value = BigInt(/^0[0-7]/.test(plain) ? `0o${plain.slice(1)}` : plain) * (sign === '-' ? -1n : 1n);
  return BigInt.asIntN(64, value) === value ? Number(value) : undefined;
}

function readBool(text: string): boolean | undefined {
  if (/^(true|1|yes|y|t)$/i.test(text)) return true;
  return /^(false|0|no|n|f)$/i.test(text) ? false : undefined;
}

/** strconv.ParseFloat, without infinities and hexadecimal floats: no duration is written so. */
function readSeconds(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? toNanoseconds(Number(text)) : undefined;
}

/** Seconds in the precision of Go's time.Duration, so that `0.1` equals `100ms`. */
function toNanoseconds(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

const UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Go's time.ParseDuration, in seconds. Microseconds may be written with either mu of Unicode. */
function goDuration(text: string): number | undefined {
  const plain = text.replaceAll(/[\u00b5\u03bc]s/g, 'us');
  if (!/^[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|ms|s|m|h))+)$/.test(plain)) return undefined;
  let total = 0;
  for (const [, amount, unit] of plain.matchAll(/([\d.]+)(ns|us|ms|s|m|h)/g)) {
    total += Number(amount) * (UNITS[unit as string] as number);
  }
  return toNanoseconds(text.startsWith('-') ? -total : total);
}
