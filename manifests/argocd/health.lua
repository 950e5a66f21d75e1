-- Health of a mwaa-operator.dev/MwaaEnvironment for Argo CD. The conditions follow kstatus. Runs without Lua's libraries.
--
-- Suspended is Argo CD's word for what "waits for some external event to resume". A paused environment does, and so does an update that
-- waits for its approval or its window: Airflow runs, but not what Git asks for. Healthy would let the next sync wave go on as if it
-- were; Progressing would promise that it comes by itself, soon. Argo CD's own Rollout says the same of one that waits to be promoted.
local waits_by = { Paused = true, WaitingForApproval = true, WaitingForWindow = true }
-- With these the operator leaves a difference alone because the spec told it to: whatever is Ready nevertheless is Healthy.
local left_alone_by = { Observing = true, Drifted = true }

local function verdict(status, message)
  return { status = status, message = message }
end

if obj.metadata.deletionTimestamp ~= nil then
  return verdict("Progressing", "The object is being deleted, once its environment is gone from AWS.")
end
if obj.status == nil or obj.status.observedGeneration == nil then
  return verdict("Progressing", "The operator has not looked at it yet.")
end
-- Conditions of an older generation say nothing about what Git asks for now.
if obj.status.observedGeneration ~= obj.metadata.generation then
  return verdict("Progressing", "The operator has not looked at the latest change yet.")
end

local found = {}
for _, condition in ipairs(obj.status.conditions or {}) do
  found[condition.type] = condition
end
local ready, synced = found.Ready, found.Synced

if found.Reconciling ~= nil and found.Reconciling.status == "True" then
  return verdict("Progressing", found.Reconciling.message)
end
if found.Stalled ~= nil and found.Stalled.status == "True" then
  return verdict("Degraded", found.Stalled.message)
end
if synced ~= nil and synced.status ~= "True" and waits_by[synced.reason] then
  return verdict("Suspended", synced.message)
end
if ready == nil then
  return verdict("Progressing", "The operator has not said yet whether it is ready.")
end
if ready.status == "True" then
  return verdict("Healthy", ready.message)
end
if left_alone_by[ready.reason] then
  return verdict("Suspended", ready.message)
end
if ready.status == "Unknown" then
  return verdict("Progressing", ready.message)
end
-- Not ready, and nothing is under way that could make it so.
return verdict("Degraded", ready.message)
