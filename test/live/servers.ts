// API servers for live tests: one etcd and a kube-apiserver for each cluster on this machine, from the programs in the folder that the
// environment variable KUBEBUILDER_ASSETS names. There is no controller manager: nothing fills in tokens, status or aggregated roles.

import { execFile, fork } from 'node:child_process';
import { createHash, createPublicKey, createSign, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { clusterCredentials } from '../kit/credentials.ts';
import { type Client, newClient } from './client.ts';

export interface LiveServer {
  /** The cluster's name, which is its context's as well. */
  readonly name: string;
  readonly url: string;
  /** The port of its URL. Its certificate is good for `api.<name>.example.com` too, which leads nowhere. */
  readonly port: number;
  /** The cluster's CA, the same as that of `clusterCredentials`. */
  readonly caPem: string;
  /** The token of a user in the group system:masters. */
  readonly adminToken: string;
  /** The token of a user to whom nothing is granted. */
  readonly userToken: string;
  readonly admin: Client;
  /** A token with these claims, signed with the key with which the server checks those of ServiceAccounts. */
  signToken(claims: Readonly<Record<string, unknown>>): string;
}

export interface Live<N extends string = string> {
  readonly servers: Readonly<Record<N, LiveServer>>;
  /** A file with a context for each server, called as it is; the first is the current one. */
  readonly kubeconfig: string;
  /** The same as the user to whom nothing is granted. */
  readonly userKubeconfig: string;
  /** A folder that goes when the servers do. */
  readonly folder: string;
  /** The process ids of etcd and of the servers. */
  readonly pids: readonly number[];
  /** Runs kubectl with the kubeconfig and gives what it prints; its caches stay in the folder. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** Ends what was started, and nothing else, and removes the folder. */
  stop(): Promise<void>;
}

/** The user to whom nothing is granted. */
export const USER = 'jane';

const PROGRAMS = ['etcd', 'kube-apiserver', 'kubectl'];
const HOW = 'KUBEBUILDER_ASSETS="$(go run sigs.k8s.io/controller-runtime/tools/setup-envtest@latest use -p path)"';

/**
 * The folder that holds the programs; null where none is named. Throws where the folder that is named lacks one, or where there has to be
 * one (REQUIRE_LIVE=1).
 */
export function assets(): string | null {
  const folder = process.env.KUBEBUILDER_ASSETS;
  if (folder) {
    const missing = PROGRAMS.filter((program) => !existsSync(join(folder, program)));
    if (missing.length > 0) throw new Error(`${folder} (KUBEBUILDER_ASSETS) lacks ${missing.join(', ')}`);
    return folder;
  }
  if (process.env.REQUIRE_LIVE === '1') throw new Error(noAssets);
  return null;
}

/** Why live tests are skipped, and how to have them run. */
export const noAssets = `no API servers to test with: set ${HOW}`;

/** Starts a server for each name and waits until all are ready; what was started is ended if one does not become it. */
export async function startServers<const N extends string>(names: readonly [N, ...N[]]): Promise<Live<N>> {
  const programs = assets();
  if (programs === null) throw new Error(noAssets);
  const guardian = await newGuardian();
  const { folder } = guardian;
  try {
    const etcd = await startEtcd(guardian, join(programs, 'etcd'));
    const started = await Promise.all(
      names.map((name, index) =>
        startServer(guardian, join(programs, 'kube-apiserver'), { name, index, etcd: etcd.url }),
      ),
    );
    const servers = started.map(({ server }) => server);
    const config = (file: string, token: (server: LiveServer) => string) => {
      const path = join(folder, file);
      writeFileSync(path, JSON.stringify(kubeconfigOf(servers, token)), { mode: 0o600 });
      return path;
    };
    const kubeconfig = config('kubeconfig', (server) => server.adminToken);
    return {
      servers: Object.fromEntries(servers.map((server) => [server.name, server])) as Record<N, LiveServer>,
      kubeconfig,
      userKubeconfig: config('user-kubeconfig', (server) => server.userToken),
      folder,
      pids: [etcd.pid, ...started.map(({ pid }) => pid)],
      kubectl: async (...args) => {
        const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: kubeconfig };
        const { stdout } = await promisify(execFile)(join(programs, 'kubectl'), args, { env, maxBuffer: 1 << 26 });
        return stdout;
      },
      stop: async () => {
        for (const server of servers) server.admin.close();
        await guardian.stop();
      },
    };
  } catch (error) {
    await guardian.stop();
    throw error;
  }
}

function kubeconfigOf(servers: readonly LiveServer[], token: (server: LiveServer) => string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: servers.map(({ name, url, caPem }) => ({
      name,
      cluster: { server: url, 'certificate-authority-data': Buffer.from(caPem).toString('base64') },
    })),
    users: servers.map((server) => ({ name: server.name, user: { token: token(server) } })),
    contexts: servers.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
    'current-context': servers[0]?.name,
  };
}

/** Milliseconds in which a program has to become ready, on a machine that does other things as well. */
const PATIENCE = 120_000;

async function startEtcd(guardian: Guardian, program: string): Promise<{ readonly url: string; readonly pid: number }> {
  return withFreePorts(2, async ([port = 0, peerPort = 0]) => {
    const url = `http://127.0.0.1:${port}`;
    const peers = `http://127.0.0.1:${peerPort}`;
    const process = await guardian.run('etcd', program, [
      `--data-dir=${join(guardian.folder, `etcd-${port}`)}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=default=${peers}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ]);
    await ready(process, () => isHealthy(`${url}/health`));
    return { url, pid: process.pid };
  });
}

/** Does the URL answer with success? */
function isHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = get(url, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    sent.on('error', () => resolve(false));
  });
}

async function startServer(
  guardian: Guardian,
  program: string,
  { name, index, etcd }: { readonly name: string; readonly index: number; readonly etcd: string },
): Promise<{ readonly server: LiveServer; readonly pid: number }> {
  const file = (suffix: string, content: string): string => {
    const path = join(guardian.folder, `${name}.${suffix}`);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const { caPem, issue } = clusterCredentials(name);
  const serving = issue({ name: 'kube-apiserver', names: ['127.0.0.1', 'localhost', `api.${name}.example.com`] });
  const [adminToken, userToken] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
  const tokens = `${adminToken},admin,admin,"system:masters"\n${userToken},${USER},${USER}\n`;
  const publicFile = file('sa.pub', publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const privateFile = file('sa.key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const args = [
    `--etcd-servers=${etcd}`,
    `--etcd-prefix=/${name}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    // It would write loopback addresses into Endpoints, which the API forbids.
    '--endpoint-reconciler-type=none',
    `--cert-dir=${join(guardian.folder, `${name}.certificates`)}`,
    `--tls-cert-file=${file('crt', serving.certificate)}`,
    `--tls-private-key-file=${file('key', serving.key)}`,
    `--service-account-key-file=${publicFile}`,
    `--service-account-signing-key-file=${privateFile}`,
    `--service-account-issuer=https://kubernetes.default.svc.${name}.example.com`,
    '--authorization-mode=RBAC',
    `--token-auth-file=${file('tokens.csv', tokens)}`,
    `--service-cluster-ip-range=10.${201 + index}.0.0/24`,
    '--disable-admission-plugins=ServiceAccount',
    '--enable-priority-and-fairness=false',
  ];
  const { url, port, pid, admin } = await withFreePorts(1, async ([port = 0]) => {
    const url = `https://127.0.0.1:${port}`;
    const process = await guardian.run(name, program, [...args, `--secure-port=${port}`]);
    const admin = newClient({ url, caPem, token: adminToken });
    try {
      await ready(process, () => admin.get('/readyz').then((answer) => answer === 'ok'));
    } catch (error) {
      admin.close();
      throw error;
    }
    return { url, port, pid: process.pid, admin };
  });
  const signToken = (claims: Readonly<Record<string, unknown>>) => sign(claims, privateKey);
  return { server: { name, url, port, caPem, adminToken, userToken, admin, signToken }, pid };
}

/** RS256 with the key id that Kubernetes gives the key: the SHA-256 of its DER form (pkg/serviceaccount/jwt.go, v1.31). */
function sign(claims: Readonly<Record<string, unknown>>, privateKey: KeyObject): string {
  const der = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const header = { alg: 'RS256', kid: createHash('sha256').update(der).digest('base64url') };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')}`;
}

/** Asks until the answer is yes; throws when the process has ended or takes too long. */
async function ready(process: Running, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    if (await isReady().catch(() => false)) return;
    const end = process.ended();
    const why = end ?? (performance.now() > deadline ? 'not ready in time' : null);
    if (why !== null) throw new Error(`${process.name}: ${why}\n${process.log()}`);
    await pause(50);
  }
}

/**
 * Ports of 127.0.0.1 that the system says are free. Between its word and their use somebody else may take one: then it is tried again
 * with others.
 */
async function withFreePorts<T>(count: number, use: (ports: readonly number[]) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const open = await Promise.all(Array.from({ length: count }, listening));
    const ports = open.map((server) => (server.address() as { readonly port: number }).port);
    await Promise.all(open.map((server) => new Promise((resolve) => server.close(resolve))));
    try {
      return await use(ports);
    } catch (error) {
      if (tries === 3 || !(error instanceof Error && error.message.includes('address already in use'))) throw error;
    }
  }
}

function listening(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** A program that the guardian runs. */
interface Running {
  readonly name: string;
  readonly pid: number;
  /** How it ended; null while it runs. */
  ended(): string | null;
  /** The end of what it has printed. */
  log(): string;
}

interface Guardian {
  readonly folder: string;
  run(name: string, program: string, args: readonly string[]): Promise<Running>;
  /** Has everything ended and the folder removed. */
  stop(): Promise<void>;
}

type Answer = { readonly folder: string } | { readonly id: number; readonly pid?: number; readonly ended?: string };

/** The process that runs the programs, and survives this one if it has to. */
async function newGuardian(): Promise<Guardian> {
  const script = fileURLToPath(new URL('guardian.js', import.meta.url));
  const child = fork(script, { detached: true, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  const answers = new Map<number, (answer: { readonly pid?: number; readonly ended?: string }) => void>();
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      for (const answer of answers.values()) answer({ ended: 'the guardian has ended' });
      resolve();
    });
  });
  const folder = await new Promise<string>((resolve, reject) => {
    child.on('message', (answer: Answer) => {
      if ('folder' in answer) resolve(answer.folder);
      else answers.get(answer.id)?.(answer);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the guardian has ended')));
  });
  return {
    folder,
    run: (name, program, args) =>
      new Promise((resolve, reject) => {
        const id = answers.size;
        const log = join(folder, `${name}-${id}.log`);
        let end: string | null = null;
        answers.set(id, ({ pid, ended }) => {
          if (ended !== undefined) {
            end = ended;
            reject(new Error(`${name}: ${ended}`));
          } else if (pid !== undefined) {
            const tail = () => readFileSync(log, 'utf8').split('\n').slice(-20).join('\n');
            resolve({ name, pid, ended: () => end, log: tail });
          }
        });
        child.send({ id, program, args, log });
      }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
