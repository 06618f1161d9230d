// What does not fit, seen from inside the page: it scrolls sideways, or text is cut off, sticks out, or is too small. Its value is a list.

(() => {
  // Paper is looked at more closely: 6 pt.
  const SMALLEST = matchMedia('print').matches ? 8 : 9;
  const found = [];
  const root = document.documentElement;
  const sizeOf = (element) => Number.parseFloat(getComputedStyle(element).fontSize);
  if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} wide, of ${root.clientWidth}`);
  for (const text of document.querySelectorAll('svg text')) {
    if (!text.checkVisibility({ visibilityProperty: true })) continue;
    const svg = text.ownerSVGElement;
    const [box, frame] = [text.getBoundingClientRect(), svg.getBoundingClientRect()];
    const beside = box.left < frame.left - 0.5 || box.right > frame.right + 0.5;
    const above = box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    if (beside || above) found.push(`outside its drawing: ${text.textContent}`);
    const scale = svg.viewBox.baseVal.width > 0 ? frame.width / svg.viewBox.baseVal.width : 1;
    if (sizeOf(text) * scale < SMALLEST) found.push(`${sizeOf(text) * scale} px: ${text.textContent}`);
  }
  for (const element of document.body.querySelectorAll('*:not(svg, svg *)')) {
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const told = `${element.tagName} ${element.className} ${element.textContent.slice(0, 60)}`;
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (own && sizeOf(element) < SMALLEST) found.push(`too small: ${told}`);
    const scrolls = element.closest('.scroll');
    const cuts = getComputedStyle(element).overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1;
    if (cuts && element !== scrolls) found.push(`cut off: ${told}`);
    // Nothing sticks out of the part that it is in, unless it can be scrolled to.
    const part = element.closest('main > section, header');
    const out = part && element.getBoundingClientRect().right > part.getBoundingClientRect().right + 1;
    if (out && !scrolls) found.push(`sticks out: ${told}`);
  }
  return found;
})();
