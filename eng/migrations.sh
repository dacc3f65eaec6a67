#!/usr/bin/env bash
# Writes a migration for both engines from the model.
#   bash eng/migrations.sh add NAME   adds NAME to PostgreSql and SqlServer
#   bash eng/migrations.sh remove     removes the newest from both (only one that was never released)
#   bash eng/migrations.sh check      fails if the model has changes that no migration holds
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet tool restore >/dev/null
dotnet build Portal -c Release -v q -clp:ErrorsOnly
for engine in PostgreSql SqlServer; do
  context="${engine}PortalDbContext"
  common=(--project Portal.Core --startup-project Portal --context "$context" --no-build --configuration Release)
  case "${1:-}" in
    add) dotnet ef migrations add "${2:?name of the migration}" "${common[@]}" --output-dir "Data/$engine/Migrations" ;;
    remove) dotnet ef migrations remove "${common[@]}" --force ;;
    check) dotnet ef migrations has-pending-model-changes "${common[@]}" ;;
    *) sed -n '2,5p' "$0"; exit 2 ;;
  esac
done
