([tags, attributes]) => {
  // What is dangerous on a page that shows hostile texts. Such a text may hide the document's own properties behind its
  // names, so only the prototypes' are asked.
  const NEVER = ['iframe', 'frame', 'frameset', 'object', 'embed', 'applet', 'base', 'style', 'template', 'math', 'xmp',
    'plaintext', 'marquee', 'portal', 'foreignobject', 'animate', 'animatetransform', 'set', 'image', 'listing', 'noembed'];
  const ADDRESSES = ['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'poster', 'background', 'ping', 'cite', 'srcset'];
  const SCHEMES = ['http:', 'https:', 'mailto:', 'webcal:'];
  const own = (what, name) => Object.getOwnPropertyDescriptor(what.prototype, name).get;
  const [tagOf, attributesOf, textOf] = [own(Element, 'tagName'), own(Element, 'attributes'), own(Node, 'textContent')];
  const all = selector => [...Document.prototype.querySelectorAll.call(document, selector)].map(one => [
    one, tagOf.call(one).toLowerCase(),
    new Map([...attributesOf.call(one)].map(given => [given.name.toLowerCase(), given.value])),
  ]);
  const scheme = address => { try { return new URL(address, 'https://a.example/').protocol } catch { return 'https:' } };
  const isData = given => given.get('type') === 'application/ld+json';
  const found = [];
  for (const [one, tag, given] of all('*')) {
    if (NEVER.includes(tag) || (given.get('http-equiv') || '').toLowerCase() === 'refresh') found.push('<' + tag + '>');
    if (tag === 'script' && !isData(given) && !(given.get('src') || '').startsWith('/static/')) found.push('a script');
    if (tag === 'link' && (given.get('href') || '').startsWith('//')) found.push('a link to ' + given.get('href'));
    if (tag === 'script' && isData(given)) {
      try { JSON.parse(textOf.call(one)) } catch { found.push('JSON-LD that is cut') }
    }
    for (const [name, value] of given) {
      const leadsAway = ADDRESSES.includes(name) && !SCHEMES.includes(scheme(value));
      if (leadsAway || name.startsWith('on') || name === 'style' || name === 'srcdoc') found.push(name + '=' + value);
    }
  }
  for (const [, tag, given] of all('.prose *')) {
    if (!tags.includes(tag)) found.push('<' + tag + '> in a text');
    found.push(...[...given.keys()].filter(name => !attributes.includes(name)).map(name => name + ' in a text'));
  }
  return found;
}
