/*
 * Passkeys: asks the browser for one where somebody presses the button, and brings the service what it says. Only pages that have
 * something for it load what it needs (window.SimpleWebAuthnBrowser).
 */
async function askJson(path, body, csrf) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', 'x-csrf-token': csrf ?? '' },
    body: JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.detail ?? `The service answered ${answer.status}.`);
  return said;
}

function sayRefused(error) {
  const box = document.createElement('div');
  box.className = 'refusal';
  const line = box.appendChild(document.createElement('p'));
  line.textContent =
    error.name === 'NotAllowedError' || error.name === 'AbortError'
      ? 'No passkey was given. Try again, or sign in another way.'
      : error.message;
  document.querySelector('#notice').replaceChildren(box);
}

function beginPasskeys() {
  const { SimpleWebAuthnBrowser: webauthn } = window;
  if (!webauthn?.browserSupportsWebAuthn()) return;
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const fields = Object.fromEntries(new FormData(form));
      try {
        const optionsJSON = await askJson(`${form.dataset.passkey}/begin`, { password: fields.password }, fields._csrf);
        const response = fields.name
          ? await webauthn.startRegistration({ optionsJSON })
          : await webauthn.startAuthentication({ optionsJSON });
        const { to } = await askJson(form.dataset.passkey, { response, name: fields.name, next: fields.next }, fields._csrf);
        window.location.assign(to);
      } catch (error) {
        sayRefused(error);
      }
    });
  }
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', beginPasskeys);
else beginPasskeys();
