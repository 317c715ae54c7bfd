extension PriceTable {
  /// The program's own table, as text that a user can copy and change.
  ///
  /// A line is here only where a page was seen that states the price for the region. Most pages of AWS show prices by
  /// script, so that copies of them lack the figures; those of single regions are from AWS's price list as documents quote
  /// it that name the list's address and the day. What is not here prints `price unknown`.
  public static let published = """
    # Prices of AWS in US dollars, each with the page that states it and the day that it is of. Without taxes, discounts,
    # commitments and free allowances. Replace it: cordon cost build --prices my-prices.yaml
    currency: USD

    pages:
      ec2-ireland:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/20260925174521/eu-west-1/index.json
        date: 2026-09-25
        note: AWS's price list, as quoted with its address; EU-NatGateway-Hours and -Bytes
      vpc-ireland:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonVPC/current/eu-west-1/index.csv
        date: 2026-09-14
        note: AWS's price list, as quoted with its address; SKU H37WJ97MHYGDXG2A and CNZ4XSXPRJXGA4ZF
      logs-ireland:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonCloudWatch/current/eu-west-1/index.json
        date: 2026-09-16
        note: AWS's price list, as quoted with its address
      s3-ireland:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonS3/current/eu-west-1/index.json
        date: 2026-09-16
        note: AWS's price list, as quoted with its address; standard storage, the first 50 TB
      logs-storage-ireland:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonCloudWatch/current/eu-west-1/index.json
        date: 2026-09-30
        note: AWS's price list, as quoted with its address; standard log storage
      kms-ireland:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/awskms/current/eu-west-1/index.json
        date: 2026-09-30
        note: AWS's price list, as quoted with its address; requests to symmetric keys
      ecr-ireland:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonECR/current/eu-west-1/index.json
        date: 2026-05-01
        note: AWS's price list, as quoted from its API; EU-TimedStorage-ByteHrs, SKU 4NWTEXUZBWQH8MDW
      sagemaker-ireland:
        page: https://github.com/aws-samples/sagemaker-ssh-helper/blob/b6bf9ba39119784eb6ce6683ae9a6a2ed8ef4cd3/Sample_Costs.md
        date: 2023-12-31
        note: a bill of AWS's own for December 2023, which AWS published; as old as that
      lambda-ireland:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AWSLambda/current/eu-west-1/index.json
        date: 2026-09-16
        note: AWS's price list, as quoted with its address
      secrets:
        page: https://aws.amazon.com/secrets-manager/pricing/
        date: 2026-09-16
        note: as quoted for eu-west-1 with its address
      vpc-london:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonVPC/current/eu-west-2/index.json
        date: 2026-10-07
        note: AWS's price list, as quoted with its address; SKU KHUBX8MMRC3RWAZY and CB3E2ZKHCN8Y7SYP
      ec2-london:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/eu-west-2/index.json
        date: 2026-10-07
        note: AWS's price list, as quoted with its address
      logs-london:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonCloudWatch/current/eu-west-2/index.json
        date: 2026-10-07
        note: AWS's price list, as quoted with its address
      ecr-london:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonECR/current/eu-west-2/index.json
        date: 2026-10-07
        note: AWS's price list, as quoted with its address
      secrets-london:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AWSSecretsManager/current/eu-west-2/index.json
        date: 2026-10-07
        note: AWS's price list, as quoted with its address
      vpc-virginia:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonVPC/current/us-east-1/index.json
        date: 2026-09-17
        note: AWS's price list, as quoted with its address; USE1-VpcEndpoint-Hours and USE1-PublicIPv4:InUseAddress
      ec2-virginia:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/us-east-1/index.csv
        date: 2026-09-24
        note: AWS's price list, as quoted with its address; NatGateway-Hours and NatGateway-Bytes
      logs-virginia:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonCloudWatch/current/us-east-1/index.json
        date: 2026-09-22
        note: AWS's price list, as quoted with its address; USE1-DataProcessing-Bytes and USE1-TimedStorage-ByteHrs
      s3-virginia:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonS3/current/us-east-1/index.json
        date: 2026-09-18
        note: AWS's price list, as quoted with its address; standard storage, the first 50 TB
      ecr-virginia:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonECR/current/us-east-1/index.json
        date: 2026-09-11
        note: AWS's price list, as quoted with its address
      kms-virginia:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/awskms/current/us-east-1/index.json
        date: 2026-09-11
        note: AWS's price list, as quoted with its address; requests to symmetric keys
      sagemaker-virginia:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonSageMaker/current/us-east-1/index.json
        date: 2026-09-16
        note: AWS's price list, as quoted from its API; USE1-Studio:JupyterLab-ml.t3.medium
      sagemaker-virginia-october:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonSageMaker/20261007160901/us-east-1/index.csv
        date: 2026-10-07
        note: AWS's price list, as quoted with its address
      codeartifact-virginia:
        page: https://huggingface.co/datasets/labofsahil/aws-pricing-dataset/raw/e0d9e162d6a9e85deffc76aa6ddca029385e2451/AWSCodeArtifact.csv
        date: 2021-04-01
        note: a copy of AWS's price list; USE1-TimedStorage-ByteHrs
      codecommit:
        page: https://huggingface.co/datasets/labofsahil/aws-pricing-dataset/blob/e0d9e162d6a9e85deffc76aa6ddca029385e2451/AWSCodeCommit.csv
        date: 2015-07-01
        note: a copy of AWS's price list; the location is 'Any', the first five people cost nothing
      config:
        page: https://aws.amazon.com/tw/config/pricing/
        date: 2019-08-01
        note: AWS's public regions, the first 100,000 evaluations of a region
      kms:
        page: https://aws.amazon.com/kms/pricing/
        date: 2026-11-21
        note: a copy without a date, read on this day; no region is named
      cloudtrail:
        page: https://aws.amazon.com/cloudtrail/pricing/
        date: 2026-11-21
        note: a copy without a date, read on this day; no region is named
      privatelink:
        page: https://aws.amazon.com/jp/privatelink/pricing/
        date: 2026-11-21
        note: a copy without a date, read on this day; the first PB that all interface endpoints of a region process
      route53:
        page: https://aws.amazon.com/route53/pricing/
        date: 2026-09-20
        note: as transcribed word for word in raw.githubusercontent.com/api-evangelist/amazon-route53-resolver
      route53-advanced:
        page: https://aws.amazon.com/route53/pricing/
        date: 2026-09-20
        note: each rule group with an advanced rule, each network it is associated with; as transcribed word for word in raw.githubusercontent.com/api-evangelist/amazon-route53-resolver
      route53-records:
        page: https://aws.amazon.com/route53/pricing/
        date: 2026-09-20
        note: a zone's price covers 10,000 records; as transcribed in raw.githubusercontent.com/api-evangelist/amazon-route53-resolver
      vpc-guide:
        page: https://docs.aws.amazon.com/vpc/latest/userguide/what-is-amazon-vpc.html
        date: 2026-11-21
        note: as quoted without a date, read on this day; no additional charge for using a VPC; what is charged is named there, and these are not among it
      security-groups:
        page: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
        date: 2026-11-21
        note: as quoted without a date, read on this day; no additional charge for using security groups
      network-acls:
        page: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
        date: 2026-11-21
        note: as quoted without a date, read on this day; no additional charge for using network ACLs
      internet-gateways:
        page: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
        date: 2026-11-21
        note: as quoted without a date, read on this day; no charge for an internet gateway; what passes it is charged as data transfer
      gateway-endpoints:
        page: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
        date: 2026-09-29
        note: no additional charge for using gateway endpoints
      iam:
        page: https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction.html
        date: 2026-09-25
        note: features of the account offered at no additional charge
      organizations:
        page: https://docs.aws.amazon.com/organizations/latest/userguide/pricing.html
        date: 2026-11-21
        note: as quoted without a date, read on this day; offered at no additional charge
      eventbridge:
        page: https://aws.amazon.com/eventbridge/pricing/
        date: 2026-11-21
        note: as quoted without a date, read on this day; no charge for rules, nor for events that services of AWS publish by themselves
      budgets:
        page: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AWSBudgets/current/index.json
        date: 2026-09-11
        note: AWS's price list, as quoted with its address; BudgetsUsage, for budgets without actions
      budget-actions:
        page: https://huggingface.co/datasets/labofsahil/aws-pricing-dataset/blob/87886d0b3d9351ff523b05be6fe410a1f447be0b/AWSBudgets.csv
        date: 2020-10-01
        note: a copy of AWS's price list; ActionEnabledBudgetsUsage, the location is 'Any', the first 62 budget-days of a month cost nothing

    prices:
      - { meter: endpoint-hour, regions: [eu-west-1], price: 0.011, source: vpc-ireland }
      - { meter: endpoint-hour, regions: [eu-west-2], price: 0.011, source: vpc-london }
      - { meter: endpoint-hour, regions: [us-east-1], price: 0.01, source: vpc-virginia }
      - { meter: endpoint-gb, regions: every, price: 0.01, upTo: 1048576, source: privatelink }
      - { meter: nat-hour, regions: [eu-west-1], price: 0.048, source: ec2-ireland }
      - { meter: nat-hour, regions: [eu-west-2], price: 0.05, source: ec2-london }
      - { meter: nat-hour, regions: [us-east-1], price: 0.045, source: ec2-virginia }
      - { meter: nat-gb, regions: [eu-west-1], price: 0.048, source: ec2-ireland }
      - { meter: nat-gb, regions: [eu-west-2], price: 0.05, source: ec2-london }
      - { meter: nat-gb, regions: [us-east-1], price: 0.045, source: ec2-virginia }
      - { meter: address-hour, regions: [eu-west-1], price: 0.005, source: vpc-ireland }
      - { meter: address-hour, regions: [eu-west-2], price: 0.005, source: vpc-london }
      - { meter: address-hour, regions: [us-east-1], price: 0.005, source: vpc-virginia }
      - { meter: key-month, regions: every, price: 1, source: kms }
      - { meter: key-versions, regions: every, price: 1, source: kms }
      - { meter: key-requests, regions: [eu-west-1], price: 0.03, source: kms-ireland }
      - { meter: key-requests, regions: [us-east-1], price: 0.03, source: kms-virginia }
      - { meter: zone-month, regions: every, price: 0.50, upTo: 25, source: route53 }
      - { meter: zone-queries, regions: every, price: 0.40, upTo: 1000, source: route53 }
      - { meter: firewall-name-month, regions: every, price: 0.0005, source: route53 }
      - { meter: firewall-advanced-hour, regions: every, price: 0.16, source: route53-advanced }
      - { meter: firewall-queries, regions: every, price: 0.60, upTo: 1000, source: route53 }
      - { meter: secret-month, regions: [eu-west-1], price: 0.40, source: secrets }
      - { meter: secret-month, regions: [eu-west-2], price: 0.40, source: secrets-london }
      - { meter: log-gb, regions: [eu-west-1], price: 0.57, source: logs-ireland }
      - { meter: log-gb, regions: [eu-west-2], price: 0.5985, source: logs-london }
      - { meter: log-gb, regions: [us-east-1], price: 0.50, source: logs-virginia }
      - { meter: log-gb-month, regions: [eu-west-1], price: 0.03, source: logs-storage-ireland }
      - { meter: log-gb-month, regions: [eu-west-2], price: 0.0315, source: logs-london }
      - { meter: log-gb-month, regions: [us-east-1], price: 0.03, source: logs-virginia }
      - { meter: bucket-gb-month, regions: [eu-west-1], price: 0.023, upTo: 51200, source: s3-ireland }
      - { meter: bucket-gb-month, regions: [us-east-1], price: 0.023, upTo: 51200, source: s3-virginia }
      - { meter: bucket-writes, regions: [us-east-1], price: 0.005, source: s3-virginia }
      - { meter: bucket-reads, regions: [us-east-1], price: 0.0004, source: s3-virginia }
      - { meter: trail-data-events, regions: every, price: 0.10, source: cloudtrail }
      - { meter: config-evaluations, regions: every, price: 0.001, upTo: 100000, source: config }
      - { meter: function-requests, regions: [eu-west-1], price: 0.20, source: lambda-ireland }
      - { meter: function-gb-seconds, regions: [eu-west-1], price: 0.0000166667, source: lambda-ireland }
      - { meter: image-gb-month, regions: [eu-west-1], price: 0.10, source: ecr-ireland }
      - { meter: image-gb-month, regions: [eu-west-2], price: 0.10, source: ecr-london }
      - { meter: image-gb-month, regions: [us-east-1], price: 0.10, source: ecr-virginia }
      - { meter: package-gb-month, regions: [us-east-1], price: 0.05, source: codeartifact-virginia }
      - { meter: git-users, regions: every, price: 1, source: codecommit }
      - { meter: notebook-hour, of: ml.t3.medium, regions: [eu-west-1], price: 0.055, source: sagemaker-ireland }
      - { meter: notebook-hour, of: ml.g4dn.xlarge, regions: [us-east-1], price: 0.736, source: sagemaker-virginia-october }
      - { meter: studio-hours, of: ml.t3.medium, regions: [eu-west-1], price: 0.055, source: sagemaker-ireland }
      - { meter: studio-hours, of: ml.m5.large, regions: [eu-west-1], price: 0.128, source: sagemaker-ireland }
      - { meter: studio-hours, of: ml.g4dn.xlarge, regions: [eu-west-1], price: 0.8218, source: sagemaker-ireland }
      - { meter: studio-hours, of: ml.t3.medium, regions: [us-east-1], price: 0.05, source: sagemaker-virginia }
      - { meter: studio-hours, of: ml.g4dn.xlarge, regions: [us-east-1], price: 0.7364, source: sagemaker-virginia-october }
      - { meter: budget-action-days, regions: every, price: 0.10, source: budget-actions }
      - { meter: job-hours, of: ml.m5.xlarge, regions: [eu-west-1], price: 0.257, source: sagemaker-ireland }

    # What AWS bills nothing for.
    free:
      - types:
          - AWS::EC2::VPC
          - AWS::EC2::Subnet
          - AWS::EC2::RouteTable
          - AWS::EC2::Route
          - AWS::EC2::SubnetRouteTableAssociation
          - AWS::EC2::DHCPOptions
          - AWS::EC2::VPCDHCPOptionsAssociation
        source: vpc-guide
      - types: [AWS::EC2::SecurityGroup, AWS::EC2::SecurityGroupEgress, AWS::EC2::SecurityGroupIngress]
        source: security-groups
      - types: [AWS::EC2::NetworkAcl, AWS::EC2::NetworkAclEntry, AWS::EC2::SubnetNetworkAclAssociation]
        source: network-acls
      - { types: [AWS::EC2::InternetGateway, AWS::EC2::VPCGatewayAttachment], source: internet-gateways }
      - { types: [AWS::EC2::VPCEndpoint Gateway], source: gateway-endpoints }
      - { types: [AWS::Route53::RecordSet], source: route53-records }
      - types:
          - AWS::IAM::Role
          - AWS::IAM::Policy
          - AWS::IAM::ManagedPolicy
          - AWS::IAM::InstanceProfile
          - AWS::IAM::OIDCProvider
          - AWS::IAM::SAMLProvider
        source: iam
      - { types: [AWS::Organizations::Policy], source: organizations }
      - { types: [AWS::Events::Rule], source: eventbridge }
      - { types: [AWS::Budgets::Budget], source: budgets }

    """
}
