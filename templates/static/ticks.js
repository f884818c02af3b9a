/*
 * Ticks all rows of a page at once, where somebody wants to act on several of them. Without it they are ticked one by one.
 */
document.addEventListener('change', ({ target }) => {
  const form = target.closest?.('[data-ticks]');
  if (!form) return;
  const rows = [...form.querySelectorAll('tbody input[type=checkbox]')];
  const whole = form.querySelector('[data-tick-all] input');
  if (target === whole) for (const row of rows) row.checked = whole.checked;
  else if (whole) {
    const ticked = rows.filter((row) => row.checked).length;
    whole.checked = ticked === rows.length;
    whole.indeterminate = ticked > 0 && ticked < rows.length;
  }
});

function showTickAll() {
  for (const label of document.querySelectorAll('[data-tick-all][hidden]')) label.hidden = false;
}
document.addEventListener('DOMContentLoaded', () => {
  showTickAll();
  new MutationObserver(showTickAll).observe(document.body, { childList: true, subtree: true });
});
