"""A data perimeter in the form of AWS's published examples: endpoint policies, SCPs and an RCP of one organization.

Written for this project after the patterns of aws-samples/data-perimeter-policy-examples (identity, resource and network
perimeters, AWS service exceptions, `dp:exclude:*` tags); the ids are examples.
"""

ORG = "o-acme123456"
ACCOUNT = "111122223333"
PARTNER = "444455556666"
VPC = "vpc-0a1b2c3d4e5f67890"
CIDR = "203.0.113.0/24"


def statement(sid, effect, action, resource="*", condition=None, **more):
    made = {"Sid": sid, "Effect": effect, "Action": action, "Resource": resource, **more}
    if condition:
        made["Condition"] = condition
    return made


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def own(sid="AllowOwnPrincipalsToOwnResources", action="*"):
    return statement(sid, "Allow", action, Principal="*", condition={
        "StringEquals": {"aws:PrincipalOrgID": ORG, "aws:ResourceOrgID": ORG}})


def services(action="*"):
    return statement("AllowByAWSServicePrincipals", "Allow", action, Principal="*", condition={
        "Bool": {"aws:PrincipalIsAWSService": "true"}})


ENDPOINTS = {
    "s3": policy(
        own(), services(["s3:GetObject", "s3:PutObject", "s3:ListBucket"]),
        statement("AllowReadsOfServiceBuckets", "Allow", "s3:GetObject", [
            "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*", "arn:aws:s3:::jumpstart-cache-prod-eu-west-1/*",
            "arn:aws:s3:::al2023-repos-eu-west-1-de612dc2/*", "arn:aws:s3:::aws-ssm-eu-west-1/*",
            "arn:aws:s3:::aws-windows-downloads-eu-west-1/*", "arn:aws:s3:::amazon-ssm-packages-eu-west-1/*",
            "arn:aws:s3:::patch-baseline-snapshot-eu-west-1/*", "arn:aws:s3:::aws-patchmanager-macos-eu-west-1/*"],
            {"StringEquals": {"aws:PrincipalOrgID": ORG}}, Principal="*"),
        statement("AllowPresignedFromPartner", "Allow", ["s3:GetObject", "s3:ListBucket"],
                  ["arn:aws:s3:::partner-exchange", "arn:aws:s3:::partner-exchange/*"],
                  {"StringEquals": {"aws:PrincipalAccount": [ACCOUNT], "aws:ResourceAccount": PARTNER}}, Principal="*")),
    "sts": policy(
        own(), services("sts:AssumeRole"),
        statement("AllowIdentityProviders", "Allow", ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"],
                  Principal="*", condition={"StringEquals": {"aws:ResourceOrgID": ORG}}),
        statement("AllowCallerIdentity", "Allow", ["sts:GetCallerIdentity", "sts:DecodeAuthorizationMessage"],
                  Principal="*", condition={"StringEquals": {"aws:PrincipalOrgID": ORG}})),
    "kms": policy(own(), services(["kms:Decrypt", "kms:GenerateDataKey*", "kms:CreateGrant"])),
    "sagemaker-api": policy(
        own(),
        statement("DenyUntaggedExceptions", "Deny", "sagemaker:Create*", Principal="*", condition={
            "StringNotEqualsIfExists": {"aws:PrincipalTag/dp:exclude:network": "true"},
            "Null": {"sagemaker:VpcSubnets": "true"}})),
    "sagemaker-runtime": policy(own(action="sagemaker:InvokeEndpoint*")),
    "ecr-api": policy(
        own(), statement("AllowPullFromServiceRegistries", "Allow",
                         ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"],
                         ["arn:aws:ecr:eu-west-1:763104351884:repository/*", "arn:aws:ecr:eu-west-1:602401143452:repository/*"],
                         {"StringEquals": {"aws:PrincipalOrgID": ORG}}, Principal="*"),
        statement("AllowToken", "Allow", "ecr:GetAuthorizationToken", Principal="*", condition={
            "StringEquals": {"aws:PrincipalOrgID": ORG}})),
    "logs": policy(own(), services(["logs:PutLogEvents", "logs:CreateLogStream"])),
    "sqs": policy(own(), statement("DenyUnencrypted", "Deny", "*", Principal="*",
                                   condition={"Bool": {"aws:SecureTransport": "false"}})),
    "secretsmanager": policy(own(), statement(
        "DenyOtherProjects", "Deny", "secretsmanager:GetSecretValue", Principal="*",
        condition={"StringNotEquals": {"secretsmanager:ResourceTag/project": "${aws:PrincipalTag/project}"}})),
    "codeartifact": policy(statement("AllowReads", "Allow", [
        "codeartifact:GetAuthorizationToken", "codeartifact:Read*", "codeartifact:GetRepositoryEndpoint",
        "sts:GetServiceBearerToken"], Principal="*", condition={
            "StringEquals": {"aws:PrincipalOrgID": ORG, "aws:ResourceOrgID": ORG}})),
}

FULL = policy(statement("FullAccess", "Allow", "*"))

SCPS = {
    "network": policy(
        statement("EnforceNetworkPerimeter", "Deny", "*", condition={
            "NotIpAddressIfExists": {"aws:SourceIp": [CIDR]},
            "StringNotEqualsIfExists": {"aws:SourceVpc": [VPC], "aws:PrincipalTag/dp:exclude:network": "true"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"},
            "ArnNotLikeIfExists": {"aws:PrincipalArn": ["arn:aws:iam::*:role/aws:ec2-infrastructure",
                                                        "arn:aws:iam::*:role/aws-service-role/*"]}})),
    "resource": policy(
        {"Sid": "EnforceResourcePerimeter", "Effect": "Deny", "NotAction": [
            "iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListEntitiesForPolicy", "s3:GetObject", "s3:PutObject",
            "s3:PutObjectAcl", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "ssm:Get*", "ssm:SendCommand",
            "imagebuilder:GetComponent", "lambda:GetLayerVersion", "ec2:CreateTags", "ec2:DeleteTags",
            "sagemaker:DescribeImageVersion"],
         "Resource": "*", "Condition": {"StringNotEqualsIfExists": {
             "aws:ResourceOrgID": ORG, "aws:PrincipalTag/dp:exclude:resource": "true"}}},
        statement("EnforceResourcePerimeterS3", "Deny", ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"], condition={
            "StringNotEqualsIfExists": {"aws:ResourceOrgID": ORG, "aws:PrincipalTag/dp:exclude:resource:s3": "true"},
            "ForAllValues:StringNotEquals": {"aws:CalledVia": ["dataexchange.amazonaws.com",
                                                              "servicecatalog.amazonaws.com"]}})),
    "governance": policy(
        statement("ProtectTags", "Deny", ["iam:TagRole", "iam:TagUser", "iam:UntagRole", "iam:UntagUser"], condition={
            "ForAnyValue:StringLike": {"aws:TagKeys": ["dp:*", "team"]},
            "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}),
        statement("ProtectSessionTags", "Deny", "sts:TagSession", condition={
            "ForAnyValue:StringLike": {"aws:TagKeys": ["dp:*"]}}),
        statement("ProtectNetwork", "Deny", [
            "ec2:CreateInternetGateway", "ec2:AttachInternetGateway", "ec2:CreateVpcPeeringConnection", "ec2:CreateVpcEndpoint",
            "ec2:ModifyVpcEndpoint", "ec2:CreateNatGateway", "ram:CreateResourceShare", "ram:Associate*"]),
        statement("RegionsOnly", "Deny", "*", condition={
            "StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]},
            "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}),
        statement("NoPublicNotebooks", "Deny", ["sagemaker:CreateNotebookInstance", "sagemaker:UpdateNotebookInstance"],
                  condition={"StringNotEquals": {"sagemaker:DirectInternetAccess": "Disabled"}})),
}

RCP = policy(
    {"Sid": "EnforceOrgIdentities", "Effect": "Deny", "Principal": "*", "Action": [
        "s3:*", "sqs:*", "kms:*", "secretsmanager:*", "sts:AssumeRole"], "Resource": "*",
     "Condition": {"StringNotEqualsIfExists": {
         "aws:PrincipalOrgID": ORG, "aws:ResourceTag/dp:exclude:identity": "true"},
         "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}},
    {"Sid": "EnforceConfusedDeputyProtection", "Effect": "Deny", "Principal": "*", "Action": [
        "s3:*", "sqs:*", "kms:*", "secretsmanager:*", "sts:*"], "Resource": "*",
     "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": ORG},
                   "Null": {"aws:SourceAccount": "false"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}},
    {"Sid": "EnforceTLS", "Effect": "Deny", "Principal": "*", "Action": ["s3:*", "sqs:*"], "Resource": "*",
     "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}},
    {"Sid": "AllowAll", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})

ROLE = policy(
    statement("Project", "Allow", ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
              ["arn:aws:s3:::acme-churn-data", "arn:aws:s3:::acme-churn-data/*"]),
    statement("Shared", "Allow", ["s3:GetObject", "s3:ListBucket"],
              ["arn:aws:s3:::acme-shared-*", "arn:aws:s3:::jumpstart-cache-prod-eu-west-1/*"]),
    statement("Train", "Allow", ["sagemaker:Create*", "sagemaker:Describe*", "sagemaker:List*", "sagemaker:InvokeEndpoint"],
              condition={"StringEqualsIfExists": {"aws:ResourceTag/project": "${aws:PrincipalTag/project}"}}),
    statement("Keys", "Allow", ["kms:Decrypt", "kms:GenerateDataKey"], "arn:aws:kms:eu-west-1:%s:key/*" % ACCOUNT,
              {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}),
    statement("PassRole", "Allow", "iam:PassRole", "arn:aws:iam::%s:role/churn-*" % ACCOUNT,
              {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}))

BUCKET = policy(
    {"Sid": "OwnRole", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:role/churn" % ACCOUNT},
     "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::acme-churn-data/*"},
    {"Sid": "OnlyThroughTheEndpoint", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
     "Resource": ["arn:aws:s3:::acme-churn-data", "arn:aws:s3:::acme-churn-data/*"],
     "Condition": {"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-0aaaabbbbccccdddd"},
                   "BoolIfExists": {"aws:ViaAWSService": "false"}}},
    {"Sid": "EncryptedWrites", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
     "Resource": "arn:aws:s3:::acme-churn-data/*",
     "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}})
