# Hexabase Portal for an outside database (Database:Provider = PostgreSql or SqlServer, with Database:ConnectionString).
# The embedded PostgreSQL is not for this image: it carries no database server, and a container's life is not a database's.
#
#   docker build -t hexabase/portal .
#   docker run --read-only --tmpfs /tmp -v portal-data:/data -p 8080:8080 \
#     -e Database__Provider=PostgreSql -e Database__ConnectionString='Host=...' hexabase/portal

FROM node:22-bookworm-slim AS web
WORKDIR /src
COPY eng/common.sh eng/web.sh eng/
COPY eng/web/package.json eng/web/package-lock.json eng/web/
RUN bash eng/web.sh

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# true takes every package in its original form; the default builds from a registry that lacks some of them (Directory.Build.props).
ARG COMPLETE_PACKAGES=false
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /src
# Project files first: the restore layer stays while only sources change.
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY Portal/Portal.csproj Portal/
COPY Portal.Core/Portal.Core.csproj Portal.Core/
COPY eng/sqlserver-types/ eng/sqlserver-types/
RUN dotnet restore Portal -p:CompletePackages=$COMPLETE_PACKAGES
COPY . .
COPY --from=web /src/wwwroot/lib/ wwwroot/lib/
RUN dotnet publish Portal -c Release --no-restore -o /app -p:UseAppHost=false -p:CompletePackages=$COMPLETE_PACKAGES

FROM mcr.microsoft.com/dotnet/aspnet:10.0
LABEL org.opencontainers.image.title="Hexabase Portal" \
      org.opencontainers.image.description="Admin portal of a multi-tenant Kubernetes platform: organizations, costs, budgets, audit" \
      org.opencontainers.image.vendor="Hexabase"
# Code belongs to root and cannot be changed by the process; only /data and /tmp are written.
COPY --from=build /app /app
RUN mkdir /data && chown "$APP_UID" /data && chmod 700 /data
WORKDIR /app
ENV ASPNETCORE_URLS=http://+:8080 \
    PORTAL_BIND=0.0.0.0 \
    PORTAL_PORT=8080 \
    PORTAL_DATA=/data \
    Database__Provider=PostgreSql \
    DOTNET_EnableDiagnostics_Profiler=0 \
    DOTNET_EnableDiagnostics_Debugger=0
USER $APP_UID
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# The image has no curl; bash speaks the one line of HTTP that is needed.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 4 _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["dotnet", "portal.dll"]
