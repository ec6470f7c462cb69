// The page is whole without this. It adds two comforts: times told as "18 minutes ago", and a tip for every day of a row of bars.
(() => {
  const d = document, R = d.documentElement
  const ago = new Intl.RelativeTimeFormat(R.lang, { numeric: 'auto' })
  const tell = () => d.querySelectorAll('time[data-ago]').forEach(t => {
    const m = Math.max(0, Math.floor((Date.now() - Date.parse(t.dateTime)) / 6e4))
    t.title ||= t.textContent
    t.textContent = m > 1439 ? t.title : m > 59 ? ago.format(-Math.floor(m / 60), 'hour') : m ? ago.format(-m, 'minute') : 'just now'
  })
  tell()
  setInterval(tell, 3e4)

  const tip = Object.assign(d.createElement('div'), { id: 'tip', popover: 'manual' }), head = d.createElement('b'), last = Date.parse(R.dataset.day)
  const date = new Intl.DateTimeFormat(R.lang, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })
  d.body.append(tip)
  const hide = () => tip.matches(':popover-open') && tip.hidePopover()
  const show = e => {
    const v = e.target.closest?.('.hist')?.firstChild
    if (!v) return hide()
    const r = v.getBoundingClientRect(), n = v.viewBox.baseVal.width
    const i = Math.max(0, Math.min(n - 1, Math.floor((e.clientX - r.left) / r.width * n)))
    // The topmost drawing at the foot of the bar tells the day. Its title would show a second tip, so it moves out of the way.
    const p = [...v.children].reverse().find(c => c.isPointInFill?.(new DOMPoint(i + .35, 30)))
    const t = p?.querySelector('title')
    if (t) p.says = t.textContent.split(': ').pop(), t.remove()
    const s = p?.says || 'no downtime'
    head.textContent = date.format(last - (n - 1 - i) * 864e5)
    tip.replaceChildren(head, s[0].toUpperCase() + s.slice(1))
    tip.showPopover()
    tip.style.left = Math.max(8, Math.min(innerWidth - tip.offsetWidth - 8, r.left + r.width / n * (i + .35) - tip.offsetWidth / 2)) + 'px'
    tip.style.top = r.top - tip.offsetHeight - 9 + 'px'
  }
  d.addEventListener('pointermove', show)
  d.addEventListener('pointerdown', show)
  d.addEventListener('scroll', hide, { passive: true })
})()
