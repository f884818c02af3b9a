/*
 * What a page does in the browser besides htmx: times in the viewer's own zone, with UTC where one hovers. A page is whole without it.
 */
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
// As 2026-11-22 09:15, wherever one is: the order that sorts, and that the reports have.
const local = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short' });

function localise(root) {
  for (const time of root.querySelectorAll('time[data-local]')) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = local.format(at);
    time.removeAttribute('data-local');
  }
}

function begin() {
  localise(document);
  const place = document.querySelector('#zone');
  if (place) place.textContent = `Times are ${zone}, UTC where one hovers.`;
  // What htmx brings later, and what a stream brings.
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) localise(node.parentNode ?? node);
  }).observe(document.body, { childList: true, subtree: true });
}

if (zone && zone !== 'UTC') {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
  else begin();
}
