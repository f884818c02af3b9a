/*
 * A page whose session has ended keeps what was written. When somebody comes back to it after they have signed in elsewhere, its forms
 * get what they have to bring back of the new session; nothing is sent by itself.
 */
async function renewForms() {
  const notice = document.querySelector('#notice [data-session]');
  if (!notice) return;
  const answer = await fetch('/sign-in/state', { headers: { accept: 'application/json' } }).catch(() => null);
  if (!answer?.ok || !notice.isConnected) return;
  const { name, csrf } = await answer.json();
  for (const field of document.querySelectorAll('input[name="_csrf"]')) field.value = csrf ?? '';
  notice.removeAttribute('data-session');
  notice.querySelector('p').textContent = `You are signed in again, as ${name}. What you wrote is still here: send it again.`;
}

function watchSession() {
  const place = document.querySelector('#notice');
  if (!place) return;
  new MutationObserver(renewForms).observe(place, { childList: true });
  window.addEventListener('focus', renewForms);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && renewForms());
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', watchSession);
else watchSession();
