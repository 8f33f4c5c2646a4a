resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-contoso-shared'
  location: 'westeurope'
  kind: 'Hub'
  properties: {
    publicNetworkAccess: 'Disabled'
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
    }
    provisionNetworkNow: true
  }
}

resource quiet 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'prj-quiet'
  location: 'westeurope'
  kind: 'Project'
  properties: {
    hubResourceId: hub.id
    publicNetworkAccess: 'Disabled'
  }
}

resource loud 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'prj-loud'
  location: 'westeurope'
  kind: 'Project'
  properties: {
    hubResourceId: hub.id
    publicNetworkAccess: 'Enabled'
    managedNetwork: {
      isolationMode: 'AllowInternetOutbound'
    }
  }
}
