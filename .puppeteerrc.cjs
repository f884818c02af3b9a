// Portolan finds a browser by itself (src/reports/printer/browser.ts); installing it must not depend on a download host.
module.exports = { skipDownload: true };
