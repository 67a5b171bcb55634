<script>
(() => {
  const server = {{ page.server | json }}, key = {{ page.key | json }};
  const visitor = localStorage.getItem("tamis_visitor") ?? crypto.randomUUID();
  localStorage.setItem("tamis_visitor", visitor);
  const send = (call, body) => fetch(`${server}/v1/${call}`, {
    method: "POST",
    keepalive: true,
    credentials: "omit",
    headers: {"Authorization": `Basic ${btoa(`${key}:`)}`, "Content-Type": "application/json"},
    body: JSON.stringify({
      messageId: crypto.randomUUID(),
      anonymousId: visitor,
      sentAt: new Date().toISOString(),
      timestamp: new Date().toISOString(),
      context: {
        userAgent: navigator.userAgent,
        locale: navigator.language,
        page: {url: location.href, path: location.pathname, title: document.title, referrer: document.referrer},
      },
      ...body,
    }),
  }).catch(() => {});
  window.tamis = {
    page: (properties = {}) => send("page", {properties}),
    track: (event, properties = {}) => send("track", {event, properties}),
    identify: (userId, traits = {}) => send("identify", {userId, traits}),
  };
  tamis.page();
})();
</script>
