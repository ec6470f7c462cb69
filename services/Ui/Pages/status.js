// The page is whole without this. It adds comforts: news as they come, times told as "18 minutes ago", a tip for every day of a row of bars,
// themes at once, all time zones, an announcement that can be put away.
(() => {
  const d = document, R = d.documentElement, $ = (s, page = d) => [...page.querySelectorAll(s)], ago = new Intl.RelativeTimeFormat(R.lang, { numeric: 'auto' })
  // The page as it was sent: what differs in the next one is news, what differs in the browser is ours or the reader's.
  const pick = page => $('head>title,[rel=icon],.glow,.top,main,.foot', page), main = 4
  // With another of these it is another page: the policy of the one that is open would not let them in.
  const made = page => $('style[id],body>script', page).map(n => n.textContent) + ''
  let was = pick(d).map(n => n.cloneNode(true))

  const tell = () => $('[data-ago]').forEach(t => {
    const m = Math.max(0, Date.now() - Date.parse(t.dateTime)) / 6e4 | 0
    if (t.textContent != t.said) t.title = t.textContent
    t.textContent = t.said = m > 1439 ? t.title : m > 59 ? ago.format(-m / 60 | 0, 'hour') : ago.format(-m, m > 0 ? 'minute' : 'second')
  })

  const news = () => {
    const n = d.getElementById('news'), b = n.querySelector('button')
    const [key, at] = (localStorage.news || '').split(' ')
    n.hidden = key == n.dataset.key && !(Date.now() > +at + n.dataset.again * 36e5)
    b.hidden = false
    b.onclick = () => n.hidden = localStorage.news = n.dataset.key + ' ' + Date.now()
  }

  const dress = () => {
    tell()
    try { news() } catch { }
  }
  dress()
  setInterval(tell, 3e4)

  const patch = (live, old, now) => {
    if (now.isEqualNode(old)) return
    const [a, b, c] = [old, now, live].map(n => [...n.childNodes]), key = n => n.nodeName + n.id
    if (!b.length || b.length != a.length || b.some((n, i) => key(n) != key(a[i]) || key(n) != key(c[i] || d))) return live.replaceWith(d.importNode(now, true))
    for (const { name, value } of now.attributes) if (old.getAttribute(name) != value) live.setAttribute(name, value)
    for (const { name } of old.attributes) if (!now.hasAttribute(name)) live.removeAttribute(name)
    b.forEach((n, i) => patch(c[i], a[i], n))
  }
  const refresh = async () => {
    const answer = await fetch(location, { cache: 'no-cache' }).catch(() => 0), now = answer.ok && new DOMParser().parseFromString(await answer.text(), 'text/html')
    if ([404, 410].includes(answer.status) || now && made(now) != made(d)) return location.reload()
    if (!now) return
    const next = pick(now), mine = $('details[id]').filter(x => x.open != was[main].querySelector('#' + CSS.escape(x.id))?.open), at = d.activeElement, near = at.closest('[id]')?.id
    const said = () => $('h1')[0].textContent, before = said()
    pick(d).forEach((n, i) => patch(n, was[i], next[i]))
    mine.forEach(x => (d.getElementById(x.id) || x).open = x.open)
    if (!at.isConnected && near) d.getElementById(near)?.querySelector('summary,a,button')?.focus()
    if (said() != before) d.getElementById('say').textContent = said()
    was = next
    dress()
    light()
  }

  let source, timer
  const light = () => $('.live').forEach(e => e.hidden = source?.readyState != 1)
  // Not all at once: a page has many readers.
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(refresh, Math.random() * 1e3)
  }
  const listen = () => {
    source = new EventSource('/live?page=' + encodeURIComponent(R.dataset.live))
    source.onopen = source.onerror = light
    source.addEventListener('version', soon)
  }
  if (R.dataset.live) {
    listen()
    setInterval(() => {
      if (source.readyState != 1) refresh()
      if (source.readyState > 1) listen()
    }, 3e4)
  }

  const on = (type, does) => d.addEventListener(type, does, true)
  on('click', e => $('.menu[open]').forEach(m => m.open = m.contains(e.target)))
  on('keydown', e => e.key == 'Escape' && $('.menu[open]').forEach(m => m.firstChild.focus(m.open = false)))
  on('toggle', () => $('[name=tz]').forEach(s => s.length > 99 || Intl.supportedValuesOf('timeZone').forEach(z => s.querySelector(`[value="${z}"]`) || s.add(new Option(z.replaceAll('_', ' '), z)))))
  on('submit', e => {
    const b = e.submitter
    if (b?.name != 'theme') return
    e.preventDefault()
    R.dataset.theme = b.value
    $('[name=theme]').forEach(x => x.ariaPressed = x == b)
    fetch(b.form.action, { method: 'post', body: new URLSearchParams(new FormData(b.form, b)), redirect: 'manual' })
  })

  const tip = d.createElement('div')
  tip.id = 'tip'
  tip.popover = 'manual'
  d.body.append(tip)
  const show = e => {
    const v = e.target.closest('.hist')?.firstChild
    if (!v) return tip.hidePopover()
    const { days, calm } = v.closest('section').dataset, r = v.getBoundingClientRect(), n = v.viewBox.baseVal.width, w = r.width / n, i = Math.min(n - 1, (e.clientX - r.left) / w | 0)
    // The topmost drawing at the foot of the bar tells the day. Its title would show a second tip, so its text moves out of the way.
    const p = $('path', v).findLast(c => c.isPointInFill(new DOMPoint(i + .35, 30))), t = p?.textContent
    if (t) p.says = t.split(': ').pop(), p.firstChild.textContent = ''
    const s = p?.says || calm
    tip.textContent = days.split('|').at(i - n) + '\n' + s[0].toUpperCase() + s.slice(1)
    tip.showPopover()
    const half = tip.offsetWidth / 2 + 8
    tip.style.left = Math.max(half, Math.min(innerWidth - half, r.left + w * (i + .35))) + 'px'
    tip.style.top = r.top - 9 + 'px'
  }
  on('pointermove', show)
  on('pointerdown', show)
  on('scroll', () => tip.hidePopover())
})()
