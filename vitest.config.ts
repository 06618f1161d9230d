// How the tests run: the same way every time, and with time enough on a busy machine. Those with live API servers and with the
// single executable run by themselves.

import { readFileSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';

/** Imports shell scripts as text, as the build does. */
export const shellText = {
  name: 'shell-text',
  load: (id: string) =>
    /\.(ba|z|fi)?sh$/.test(id) ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : null,
};

export default defineConfig({
  plugins: [shellText],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/live/**', 'test/sea/**'],
    setupFiles: ['test/kit/seed.ts'],
    testTimeout: 60_000,
  },
});
