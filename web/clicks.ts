import { clickSender } from './click-sender.ts';

/**
 * The snippet of a shop front: sends the view of the page it stands in, and whatever the page hands
 * to `shopClicks`. `<script type="module" src="…/dashboard/clicks.js"></script>` is all it takes;
 * events go to `events` beside the folder of this file.
 */
const address = new URL('../events', import.meta.url);

const clicks = clickSender({
  lasting: localStorage,
  ofTab: sessionStorage,
  doNotTrack:
    navigator.doNotTrack === '1' || Reflect.get(navigator, 'globalPrivacyControl') === true,
  // `keepalive` lets a request end after its page is gone.
  async post(body) {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(address, { method: 'POST', headers, body, keepalive: true })).status;
  },
  newId: () => crypto.randomUUID(),
  now: Date.now,
  later: (work, delayMs) => void setTimeout(work, delayMs),
});

Object.assign(window, {
  shopClicks: { send: clicks.add, consent: clicks.consent, identify: clicks.identify },
});

clicks.add({ type: 'page', page: location.pathname });
// The last moment at which a browser surely still runs.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) void clicks.flush();
});
