// How the tests run: the same way every time, and with time enough on a busy machine.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], setupFiles: ['test/kit/seed.ts'], testTimeout: 60_000 },
});
