-- Sends deliveries as GitHub does, each with an id of its own.
--
--   wrk -s load.lua URL -- FILE RUN RATE
--
-- FILE has one delivery on a line: its signature, a tab, its body. RUN makes the ids of this run differ from those of
-- others. RATE is how many are sent in a second; 0 is as many as are answered.

local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanoseconds; } bench_time;
  int clock_gettime(int clock, bench_time *time);
]]

local MONOTONIC = 1
local time = ffi.new("bench_time")
local deliveries, sent, run, rate, turn = {}, 0, "", 0, 0

local function now()
  ffi.C.clock_gettime(MONOTONIC, time)
  return tonumber(time.seconds) * 1000 + tonumber(time.nanoseconds) / 1e6
end

-- Hands out turns, a fixed time apart, to whichever connection is free. wrk waits whole milliseconds.
local function wait()
  local at = now()
  turn = math.max(turn + 1000 / rate, at - 100)
  return math.floor(math.max(turn - at, 0))
end

function init(arguments)
  run, rate = arguments[2], tonumber(arguments[3])
  -- wrk asks for a wait wherever there is such a function.
  if rate > 0 then delay = wait end
  for line in io.lines(arguments[1]) do
    local signature, body = line:match("^(.-)\t(.*)$")
    local head = "POST " .. wrk.path .. " HTTP/1.1\r\n"
      .. "Host: " .. wrk.host .. ":" .. wrk.port .. "\r\n"
      .. "User-Agent: GitHub-Hookshot/044aadd\r\n"
      .. "Content-Length: " .. #body .. "\r\n"
      .. "Accept: */*\r\n"
      .. "Content-Type: application/json\r\n"
      .. "X-GitHub-Event: issues\r\n"
      .. "X-GitHub-Hook-ID: 292430182\r\n"
      .. "X-GitHub-Hook-Installation-Target-ID: 186853002\r\n"
      .. "X-GitHub-Hook-Installation-Target-Type: repository\r\n"
      .. "X-Hub-Signature-256: " .. signature .. "\r\n"
      .. "X-GitHub-Delivery: "
    deliveries[#deliveries + 1] = { head = head, tail = "\r\n\r\n" .. body }
  end
end

function request()
  sent = sent + 1
  local delivery = deliveries[sent % #deliveries + 1]
  -- GitHub's ids are GUIDs that begin with the lower part of a time in units of 100 ns.
  return delivery.head .. string.format("%08x-cc78-11f1-%s-%012x", sent * 400 % 2 ^ 32, run, sent) .. delivery.tail
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("load: %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
