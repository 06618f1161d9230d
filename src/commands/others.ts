// The commands that are loaded together: all but `check`.

export { runBaselineCreate, runDiff } from './baseline.ts';
export { runConfigPrint, runInit } from './config.ts';
export { runExplain, runList } from './explain.ts';
export { runRights, runSnapshot } from './snapshot.ts';
