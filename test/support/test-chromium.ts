/*
 * The browser that the tests' printers start: the one that page-browser-setup.ts has unpacked already; null, to look for one, where it
 * has not.
 */
export const testChromium = (): string | null => process.env.PORTOLAN_TEST_CHROMIUM ?? null;
