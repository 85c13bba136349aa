-- A wrk script that repeats one request, or rotates through distinct documents.
-- Arguments after --: the file with the request body, the Authorization header, and the number of distinct documents.
-- With more than one document, the script replaces @MARK@ in the body by the document's number.
local prefix, suffix, distinct
local count = 0

function init(arguments)
  local file = assert(io.open(arguments[1]))
  local body = file:read("*a")
  file:close()
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = arguments[2]
  distinct = tonumber(arguments[3])
  if distinct > 1 then
    local at, to = body:find("@MARK@", 1, true)
    prefix, suffix = body:sub(1, at - 1), body:sub(to + 1)
    request = function()
      local number = count % distinct
      count = count + 1
      return wrk.format(nil, nil, nil, prefix .. string.format("%010d", number) .. suffix)
    end
  else
    wrk.body = body
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests": %d, "seconds": %.6f, "bytes": %d, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, ' ..
    '"failures": {"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
