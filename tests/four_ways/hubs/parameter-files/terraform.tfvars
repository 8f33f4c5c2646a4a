environment   = "PROD"
public_access = true
mode          = "AllowOnlyApprovedOutbound"
partner_host  = "*.blob.core.windows.net"
tag           = "DataFactory"
