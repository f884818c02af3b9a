/*
 * Says above a chart what the place is that one hovers or has reached by the keyboard. Without it, there are the titles.
 */
for (const kind of ['pointerover', 'focusin']) {
  document.addEventListener(kind, ({ target }) => {
    const place = target instanceof Element ? target.closest('[data-says]') : null;
    const here = place && document.querySelector('[data-says-here]');
    if (here) here.textContent = place.getAttribute('aria-label');
  });
}
