// Runs the programs of a live test and ends them, whatever becomes of the test: when its parent lets go of it, and when the parent is gone,
// killed or interrupted. It has a folder for their files, which goes with them. Plain JavaScript, because Node runs it as it is.
//
// It is forked in a session of its own, so that Ctrl-C in a terminal reaches the test alone. It tells its folder first. A message
// `{ id, program, args, log }` starts a program, whose output goes to the file `log`; answers are `{ id, pid }` and, once it has ended,
// `{ id, ended }` with how.

import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Milliseconds that programs have to end by themselves. */
const PATIENCE = 5_000;

const folder = mkdtempSync(join(tmpdir(), 'mesh-preflight-live-'));
const running = new Set();
let stopping = false;

/** The parent may be gone at any time; then `disconnect` follows. */
function tell(message) {
  if (process.connected) process.send(message, () => {});
}

function start({ id, program, args, log }) {
  if (stopping) return;
  const output = openSync(log, 'a', 0o600);
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = (how) => {
    running.delete(child);
    tell({ id, ended: how });
  };
  child.once('error', (error) => ended(error.message));
  child.once('exit', (code, signal) => ended(signal ? `ended by ${signal}` : `exit code ${code}`));
  if (child.pid === undefined) return;
  running.add(child);
  tell({ id, pid: child.pid });
}

async function end(children) {
  const ends = children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of children) child.kill('SIGTERM');
  const timer = setTimeout(() => {
    for (const child of children) child.kill('SIGKILL');
  }, PATIENCE);
  await Promise.all(ends);
  clearTimeout(timer);
}

async function stop() {
  if (stopping) return;
  stopping = true;
  // What was started first is what the others need, even to end.
  const [first, ...others] = running;
  await end(others);
  if (first && running.has(first)) await end([first]);
  rmSync(folder, { recursive: true, force: true });
  if (process.connected) process.disconnect();
}

process.on('message', start);
process.on('disconnect', stop);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
if (process.connected) tell({ folder });
else stop();
