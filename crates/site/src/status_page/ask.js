  // Whether somebody has looked since, by the server's clock, and whether there is a newer copy. No answer is no look.
  var asked = 0;
  page.look = function () {
    if (asked) judge();
    if (Date.now() - asked < 60000) return;
    asked = Date.now();
    var ask = function (file, method) { return fetch(file, { method: method, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(9000) }); };
    Promise.all([
      ask("status.json", "HEAD"),
      ask("api/v2/status.json", "GET").then(function (answer) { return answer.json(); })
    ]).then(function (both) {
      var headers = both[0].headers, date = Date.parse(headers.get("Date")), changed = Date.parse(headers.get("Last-Modified"));
      if (!both[0].ok || !(changed <= date)) return;
      var at = Math.max(changed, begin);
      page.newer = Date.parse(both[1].page.updated_at) > begin;
      page.last = Date.now() - (date - at);
      get("seen").textContent = "Last look at " + new Date(at).toISOString().slice(11, 16) + " UTC.";
    }).catch(function () {}).then(judge);
  };
