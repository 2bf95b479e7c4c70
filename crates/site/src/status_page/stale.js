(function () {
  "use strict";
  var LIMIT = 600000;
  var get = function (id) { return document.getElementById(id); };
  var made = get("made"), title = document.title, begin = Date.parse(made.dateTime), end = Date.parse(made.dataset.end);
  var page = { begin: begin, last: begin, newer: false, judge: judge, look: judge };

  // What the page says of its age. Where later looks leave no trace, an old copy is one that nobody can vouch for.
  function judge() {
    var now = Date.now(), old = page.newer || now - page.last >= LIMIT;
    var says = page.newer ? "newer" : get("then") && now < end ? "then" : "stale";
    document.documentElement.className = old ? "stale" : "";
    ["newer", "then", "stale"].forEach(function (id) { if (get(id)) get(id).hidden = !old || id !== says; });
    document.title = old ? (says === "stale" ? "Out of date: " : "As it was: ") + title : title;
  }
  function look() { page.look(); }
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", look);
  /* asks */
  look();
})();
