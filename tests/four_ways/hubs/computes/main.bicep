resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-contoso-compute'
  location: 'westeurope'
  kind: 'Hub'
  properties: {
    publicNetworkAccess: 'Disabled'
    v1LegacyMode: true
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
    }
    provisionNetworkNow: true
  }

  resource train 'computes' = {
    name: 'train'
    location: 'westeurope'
    properties: {
      computeType: 'AmlCompute'
      disableLocalAuth: false
      properties: {
        vmSize: 'Standard_DS3_v2'
        scaleSettings: { minNodeCount: 0, maxNodeCount: 4 }
        enableNodePublicIp: true
        remoteLoginPortPublicAccess: 'Enabled'
      }
    }
  }

  resource notebook 'computes' = {
    name: 'notebook'
    location: 'westeurope'
    properties: {
      computeType: 'ComputeInstance'
      properties: {
        vmSize: 'Standard_DS3_v2'
        enableNodePublicIp: false
        sshSettings: { sshPublicAccess: 'Disabled' }
        subnet: { id: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets/notebooks' }
      }
    }
  }
}

resource score 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints@2024-10-01' = {
  parent: hub
  name: 'score'
  location: 'westeurope'
  properties: {
    authMode: 'Key'
    publicNetworkAccess: 'Enabled'
  }
}

resource blue 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments@2024-10-01' = {
  parent: score
  name: 'blue'
  location: 'westeurope'
  sku: { name: 'Default', capacity: 1 }
  properties: {
    endpointComputeType: 'Managed'
    instanceType: 'Standard_DS3_v2'
    egressPublicNetworkAccess: 'Disabled'
  }
}
