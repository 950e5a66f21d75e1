-- Health of a mwaa-operator.dev/MwaaDagRun for Argo CD, as Argo CD judges Jobs. Runs without Lua's libraries.

local function verdict(status, message)
  return { status = status, message = message }
end

if obj.metadata.deletionTimestamp ~= nil then
  return verdict("Progressing", "The object is being deleted, once its run has been ended in Airflow.")
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
  if condition.status == "True" then
    found[condition.type] = condition
  end
end

if found.Failed ~= nil then
  return verdict("Degraded", found.Failed.message)
end
if found.Complete ~= nil then
  return verdict("Healthy", found.Complete.message)
end
-- Nothing goes on until somebody acts: a permission is missing, for example.
if found.Stalled ~= nil then
  return verdict("Degraded", found.Stalled.message)
end
if found.Reconciling ~= nil then
  local paused = found.Reconciling.reason == "Paused"
  return verdict(paused and "Suspended" or "Progressing", found.Reconciling.message)
end
return verdict("Progressing", "The operator has not said yet how the run goes.")
