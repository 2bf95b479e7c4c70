(function () {
  var made = document.getElementById("made"), banner = document.getElementById("stale"), title = document.title;
  var end = Date.parse(made.dateTime) + 600000;
  function look() {
    if (Date.now() < end) return;
    document.documentElement.className = "stale";
    document.title = "Out of date: " + title;
    banner.hidden = false;
    clearInterval(timer);
  }
  var timer = setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", look);
  look();
})();
