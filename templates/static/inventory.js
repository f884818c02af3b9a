/*
 * The inventory's text: a problem leads to its place, and chosen files are read into the form. Without it one scrolls, and pastes.
 */
document.addEventListener('click', (event) => {
  const place = event.target instanceof Element ? event.target.closest('.problems button.place') : null;
  if (!place) return;
  const area = [...document.querySelectorAll('textarea.yaml')].find((one) => one.dataset.file === place.dataset.file);
  if (!area) return;
  const lines = area.value.split('\n');
  const before = lines.slice(0, Number(place.dataset.line) - 1).join('\n').length + (place.dataset.line > 1 ? 1 : 0);
  const at = before + Number(place.dataset.column) - 1;
  area.focus();
  area.setSelectionRange(at, before + (lines[place.dataset.line - 1] ?? '').length);
  area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, place.dataset.line - 4);
});

addEventListener('DOMContentLoaded', () => {
  if (document.querySelector('textarea.yaml'))
    for (const place of document.querySelectorAll('.problems .place')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = place.className;
      Object.assign(button.dataset, place.dataset);
      button.textContent = place.textContent;
      place.replaceWith(button);
    }
  // A link to one of the small forms opens it.
  const open = () => {
    const details = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    if (details instanceof HTMLDetailsElement) details.open = true;
  };
  addEventListener('hashchange', open);
  open();
});

document.addEventListener('change', async (event) => {
  const picker = event.target;
  if (!(picker instanceof HTMLInputElement) || !picker.dataset.fills || picker.files.length === 0) return;
  const [first, ...others] = document.querySelectorAll(picker.dataset.fills);
  for (const other of others) other.remove();
  const status = document.querySelector('#picked');
  let last = first;
  let at = 0;
  for (const file of picker.files) {
    let text;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    } catch {
      status.textContent = `${file.name} holds bytes that are not UTF-8; expected UTF-8 text.`;
      return;
    }
    const box = at === 0 ? first : first.cloneNode(true);
    const area = box.querySelector('textarea');
    box.querySelector('[name=file]').value = file.name;
    Object.assign(area, { value: text, id: `text-${at}` });
    area.dataset.file = file.name;
    box.querySelector('label[for]').htmlFor = area.id;
    if (at > 0) last.after(box);
    last = box;
    at++;
  }
  status.textContent = `Read ${at === 1 ? 'one file' : `${at} files`}. Nothing has been sent yet.`;
});
