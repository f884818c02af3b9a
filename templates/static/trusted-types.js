/*
 * The one way from text to markup in a page (Trusted Types): what this service has answered to htmx. The pages' policy lets no other
 * script make markup of text, and this way brings no script along: one that came with a piece of a page arrives empty.
 */
htmx.registerExtension('trusted-types', {
  init(api) {
    const rules = { createHTML: (html) => html, createScript: () => '' };
    api.initSecurity(window.trustedTypes?.createPolicy('portolan', rules) ?? rules);
  },
});
