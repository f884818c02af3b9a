/* Tries the API out: sends what stands in a form as this session, or as the token that was typed in, and shows what comes back.
   The token stays in its field; nothing keeps it. */
addEventListener('DOMContentLoaded', () => {
  const own = document.getElementById('api-token');
  if (!own) return;
  for (const form of [own, ...document.querySelectorAll('.api-try')]) form.hidden = false;
  own.addEventListener('submit', (event) => event.preventDefault());

  const urlOf = (form) => {
    const query = new URLSearchParams();
    let path = form.dataset.path;
    for (const field of form.querySelectorAll('[data-in]')) {
      if (field.dataset.in === 'path') path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
      else if (field.value !== '') query.append(field.name, field.value);
    }
    const asked = query.toString();
    return asked === '' ? path : `${path}?${asked}`;
  };

  const wanted = (form) => {
    const token = own.elements.token.value.trim();
    const csrf = own.elements._csrf?.value;
    const body = form.elements.body?.value;
    const headers = { accept: 'application/json' };
    if (token !== '') headers.authorization = `Bearer ${token}`;
    else if (csrf) headers['x-csrf-token'] = csrf;
    if (body) headers['content-type'] = 'application/json';
    const credentials = token === '' ? 'same-origin' : 'omit';
    return { method: form.dataset.method, headers, credentials, ...(body ? { body } : {}) };
  };

  const pretty = (text) => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  };

  const block = (text) => Object.assign(document.createElement('pre'), { textContent: text, tabIndex: 0 });

  const send = async (form) => {
    const place = form.querySelector('.api-answer');
    place.textContent = 'Asking …';
    try {
      const answer = await fetch(urlOf(form), wanted(form));
      const text = await answer.text();
      const line = document.createElement('p');
      line.append(Object.assign(document.createElement('b'), { textContent: `${answer.status} ${answer.statusText}` }));
      const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
      place.replaceChildren(line, block(headers), ...(text === '' ? [] : [block(pretty(text))]));
    } catch {
      place.textContent = 'There was no answer: the service is away, or the connection broke.';
    }
  };

  document.addEventListener('submit', (event) => {
    if (!event.target.matches('.api-try')) return;
    event.preventDefault();
    void send(event.target);
  });

  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target?.matches('.api-op')) target.open = true;
  };
  addEventListener('hashchange', open);
  open();
});
