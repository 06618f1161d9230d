// How the tests run: the same way every time, and with time enough on a busy machine. Those with live API servers run by themselves.

import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/live/**'],
    setupFiles: ['test/kit/seed.ts'],
    testTimeout: 60_000,
  },
});
