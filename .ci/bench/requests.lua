-- Requests of wrk: each with the next credential of the file that CREDENTIALS
-- names, one KEY:SECRET a line. Prints one line of figures at the end.
local requests, next = {}, 0

function init()
  for credential in io.lines(os.getenv("CREDENTIALS")) do
    local headers = { Authorization = (os.getenv("SCHEME") or "token") .. " " .. credential }
    requests[#requests + 1] = wrk.format("GET", nil, headers)
  end
end

function request()
  next = next % #requests + 1
  return requests[next]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("figures %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
