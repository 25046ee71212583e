-- wrk -s api.lua URL: METHOD, BODY and KEY come from the environment.
wrk.method = os.getenv("METHOD") or "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("KEY")
if wrk.method == "POST" then wrk.body = os.getenv("BODY") end
