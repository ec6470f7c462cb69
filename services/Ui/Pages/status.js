// The page is whole without this. It adds two comforts: times told as "18 minutes ago", and a tip for every day of a row of bars.
(() => {
  const d = document, R = d.documentElement, ago = new Intl.RelativeTimeFormat(R.lang)
  const tell = () => d.querySelectorAll('[data-ago]').forEach(t => {
    const m = (Date.now() - Date.parse(t.dateTime)) / 6e4 | 0
    t.title ||= t.textContent
    t.textContent = m > 1439 ? t.title : m > 59 ? ago.format(-(m / 60 | 0), 'hour') : m > 0 ? ago.format(-m, 'minute') : 'just now'
  })
  tell()
  setInterval(tell, 3e4)

  const tip = d.createElement('div'), head = d.createElement('b'), date = new Intl.DateTimeFormat(R.lang, { dateStyle: 'medium', timeZone: 'UTC' })
  tip.id = 'tip'
  tip.popover = 'manual'
  d.body.append(tip)
  const show = e => {
    const v = e.target.closest('.hist')?.firstChild
    if (!v) return tip.hidePopover()
    const r = v.getBoundingClientRect(), n = v.viewBox.baseVal.width, w = r.width / n, i = Math.min(n - 1, (e.clientX - r.left) / w | 0)
    // The topmost drawing at the foot of the bar tells the day. Its title would show a second tip, so it moves out of the way.
    const p = [...v.children].findLast(c => c.isPointInFill?.(new DOMPoint(i + .35, 30))), t = p?.firstChild
    if (t) p.says = t.textContent.split(': ').pop(), t.remove()
    const s = p?.says || 'no downtime'
    head.textContent = date.format(Date.parse(R.dataset.day) - (n - 1 - i) * 864e5)
    tip.replaceChildren(head, s[0].toUpperCase() + s.slice(1))
    tip.showPopover()
    tip.style.left = Math.max(8, Math.min(innerWidth - tip.offsetWidth - 8, r.left + w * (i + .35) - tip.offsetWidth / 2)) + 'px'
    tip.style.top = r.top - tip.offsetHeight - 9 + 'px'
  }
  d.addEventListener('pointermove', show)
  d.addEventListener('pointerdown', show)
  d.addEventListener('scroll', () => tip.hidePopover())
})()
