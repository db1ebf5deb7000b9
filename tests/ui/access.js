// What is wrong with what a page shows: text that does not stand out from its ground (WCAG AA), controls without a name.
(() => {
  const colour = (words) => {
    const values = (words.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
    const [r, g, b, a = 1] = values;
    return words.includes("srgb") ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
  };
  const over = (top, ground) => [0, 1, 2].map((i) => top[i] * top[3] + ground[i] * (1 - top[3])).concat(1);
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const wrong = new Set();
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const text = words.currentNode.textContent.trim();
    const node = words.currentNode.parentElement;
    if (!text || !node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || node.closest("[disabled], .unseen")) continue;
    const { width, height } = node.getBoundingClientRect();
    const style = getComputedStyle(node);
    if (width < 2 || height < 2 || style.clipPath !== "none") continue;
    const grounds = [];
    let opacity = 1;
    for (let each = node; each; each = each.parentElement) {
      opacity *= Number(getComputedStyle(each).opacity);
      grounds.push(colour(getComputedStyle(each).backgroundColor));
      if (grounds[grounds.length - 1][3] === 1) break;
    }
    const ground = grounds.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
    const ink = colour(style.color);
    ink[3] *= opacity;
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const found = contrast(over(ink, ground), ground);
    if (found < (large ? 3 : 4.5)) wrong.add(`${found.toFixed(2)}: ${text.slice(0, 40)} (${node.tagName} ${node.className})`);
  }
  for (const node of document.querySelectorAll("button, a[href], input:not([type=hidden]), select, textarea, [role=slider], [role=tab]")) {
    if (!node.checkVisibility({ visibilityProperty: true })) continue;
    const by = node.getAttribute("aria-labelledby");
    const names = [node.getAttribute("aria-label"), by && document.getElementById(by)?.textContent, node.textContent, node.title, ...[...(node.labels || [])].map((label) => label.textContent)];
    if (!names.some((name) => name && name.trim())) wrong.add(`no name: ${node.outerHTML.slice(0, 100)}`);
  }
  return [...wrong];
})();
